/** What the demo's simulated users ask the chat app, about the documents that come with it: one conversation each. Data. */

/** Follow-ups are put in other words by the model first, so that they are searched for as they are meant. */
export const CONVERSATIONS: ReadonlyArray<readonly string[]> = [
  ['When do quiet hours begin and end?', 'What is the fine for smoking indoors?', 'And who may come to visit?'],
  ['What does a dog cost for each night?', 'And a cat?', 'How long may a dog be alone in the flat?'],
  ['By how much does a dog raise the deposit?', 'When is it released?', 'What if I disagree about it?'],
  ['How long are gift cards valid?', 'Which booking fee is not refunded?', "What does a doctor's letter change?"],
  ['How high is the shore levy in Merrow Bay?', 'Who does not have to pay it?', 'And what is the tax in Skarn?'],
  ['How much does a later departure cost?', 'Into how many bins is rubbish sorted?', 'Is there a sauna?'],
  ['When are hosts paid?', 'Which share of the rent is taken?', 'How many nights may a host block?'],
  ['How much electricity is included for each night?', 'And what does more of it cost?', 'What is error 27?'],
  ['What is the number of the night line?', 'When are the smoke alarms tested?', 'When is the sea watched?'],
  ['How long are pictures of the cameras kept?', 'Who is the data protection officer?', 'What about lock records?'],
];

/** Offered on the page where a conversation begins. */
export const EXAMPLES = [
  'When do quiet hours begin and end?',
  'What does a dog cost for each night?',
  'How long are gift cards valid?',
];
