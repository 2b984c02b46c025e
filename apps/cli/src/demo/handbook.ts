/** What the demo's chat app talks about: an employee handbook of a company that does not exist. Data. */

export const QUESTIONS = [
  'How many days of leave do I have in my first year?',
  'Who pays for a standing desk at home?',
  'May I work from another country for a month?',
  'How do I report travel expenses, and by when?',
  'What happens to leave that I do not take?',
  'Is dental treatment part of the health plan?',
  'Whom do I tell when I am ill on a day with customer meetings?',
  'How is the yearly bonus worked out?',
  'Can I have a second job?',
  'What does the company do for parents?',
] as const;

export const SOURCES = [
  'Everybody has 28 days of leave a year; in the first year it is counted by months, and half days are rounded up.',
  'Leave that is not taken by the end of March is lost, unless work made it impossible; then it moves on for three months.',
  'For work at home the company pays for a desk, a chair and a screen, once in five years and up to a fixed sum.',
  'Work from another country is possible for up to 30 days a year; ask two weeks before, since taxes and visas need a look.',
  'Travel expenses are reported within four weeks, with receipts for everything above ten; later reports need a reason.',
  'The health plan covers examinations, treatment and glasses; dental treatment is covered after six months.',
  'Who is ill tells the team before nine in the morning; a certificate is needed from the fourth day on.',
  'The yearly bonus has two parts: one for the goals of the company, one for those that were agreed with each person.',
  'A second job is allowed where it neither competes with the company nor takes the hours that sleep needs; tell us first.',
  'Parents may share 60 weeks at home, part of it paid, and come back to the same position or one as good.',
  'Training is part of the work: five days a year, and the books that go with it, without asking anybody.',
  'The office is open from seven to eight in the evening; the last one to leave sees to windows and alarm.',
] as const;
