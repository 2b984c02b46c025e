import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Habit } from './habit.ts';

test('Habit: expects a usual answer, but none longer than the request allows, for each choice', () => {
  const habit = new Habit();
  assert.equal(habit.expected(null, 1), 256);
  assert.equal(habit.expected(10, 2), 20);
  for (let i = 0; i < 50; i++) habit.learn({ answerTokensMax: 4_096, choices: 1 }, 100, 400);
  assert.equal(Math.round(habit.expected(4_096, 1) / 10), 40);
  assert.equal(Math.round(habit.expected(null, 3) / 100), 12);
  assert.equal(habit.expected(50, 1), 50);
});

test('Habit: an answer of several choices is learned as that many', () => {
  const habit = new Habit();
  for (let i = 0; i < 50; i++) habit.learn({ answerTokensMax: null, choices: 4 }, 100, 400);
  assert.equal(habit.lengths.quantile(1), 107);
  assert.equal(Math.round(habit.expected(null, 1) / 10), 10);
});

test('Habit: sums what was reserved and what was used of it; requests without a bound reserve nothing', () => {
  const habit = new Habit();
  habit.learn({ answerTokensMax: 1_000, choices: 2 }, 50, 300);
  habit.learn({ answerTokensMax: 100, choices: 1 }, 70, 100);
  habit.learn({ answerTokensMax: null, choices: 1 }, 80, 5_000);
  assert.deepEqual(habit.sums, {
    requests: 3,
    bounded: 2,
    reached: 1,
    promptTokens: 200,
    boundedPromptTokens: 120,
    reservedTokens: 2_100,
    usedTokens: 400,
  });
});
