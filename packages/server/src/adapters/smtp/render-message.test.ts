import { expect, test } from 'vitest';
import { renderMessage } from './render-message.ts';

const message = { subject: 'Pay rent', text: 'Due at 09:00', url: 'https://tasks.example.org/tasks/1' };

test('nothing a person wrote becomes markup', () => {
  const attack = `<img src=x onerror="alert('1')">&`;
  const { html } = renderMessage({ subject: attack, text: attack, url: 'https://h/?q="><script>' });
  expect(html).not.toMatch(/<img|<script|onerror="/);
  expect(html).toContain('&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;');
});

test('only web addresses become links', () => {
  for (const url of ['javascript:alert(1)', 'data:text/html,x', 'no address', null]) {
    const { html, text } = renderMessage({ ...message, url });
    expect(html).not.toContain('href');
    expect(text).toBe('Due at 09:00\n');
  }
});

test('a subject is one line of bearable length', () => {
  const { subject } = renderMessage({ ...message, subject: `a\r\nb ${'x'.repeat(1000)}` });
  expect(subject).toMatch(/^a b x+…$/);
  expect(subject.length).toBe(200);
});

test('a message without text says its subject', () => {
  expect(renderMessage({ ...message, text: '' }).text).toBe('Pay rent\n\nhttps://tasks.example.org/tasks/1\n');
});
