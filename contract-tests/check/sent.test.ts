import { expect, it } from 'vitest';
import { clip, sentItem } from './sent.ts';

it('marks where a text is cut', () => {
  expect(clip('12345', 5)).toBe('12345');
  expect(clip('123456', 5)).toBe('12345…');
});

it('shows the item of a check, also where the list is cut before it', () => {
  const short = 'POST /v2/identity/map {"email":["a@example.com","tab\\t@example.com"]}';
  expect(sentItem(short, 'a@example.com')).toBe(short);
  expect(sentItem(short, 'tab\t@example.com')).toBe(short);
  const people = Array.from({ length: 40 }, (_, i) => `user${String(i)}@example.com`);
  const long = `POST /v2/identity/map ${JSON.stringify({ email: people })}`;
  expect(sentItem(long, 'user39@example.com')).toMatch(/^POST .{115}…, item "user39@example\.com"$/);
});
