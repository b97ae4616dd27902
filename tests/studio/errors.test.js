// SPDX-License-Identifier: Apache-2.0
// When something is in the way: the right words, and a way out.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { PASSWORD, Studio } from './lib/studio.js';

let studio, page;
before(async () => {
  studio = await Studio.start();
  page = await studio.member();
});
after(() => studio?.stop());

async function press() {
  await page.goto(studio.url);
  await page.getByLabel('Describe the clip').fill('a red boat');
  await page.getByRole('button', { name: 'Make it' }).click();
}

function refuse(status, code, message, headers = {}) {
  return page.route('**/v1/videos', (route) =>
    route.request().method() !== 'POST'
      ? route.fallback()
      : route.fulfill({
          status,
          headers,
          json: { error: { message, code, param: null, type: 'x' } },
        }),
  );
}

for (const [status, code, headers, said] of [
  [403, 'role_may_not', {}, 'This is not yours to do'],
  [403, 'terms_not_accepted', {}, 'The terms come first'],
  [413, 'too_large', {}, 'Too large'],
  [400, 'invalid_value', {}, 'seconds 99: at most 20'],
  [400, 'content_policy_violation', {}, 'Not allowed here'],
  [429, 'rate_limit_exceeded', { 'retry-after': '30' }, /Try again in (30|29|28).s/],
  [429, 'insufficient_quota', { 'retry-after': '3600' }, 'Today’s seconds are used up'],
  [503, 'stopped', { 'retry-after': '60' }, 'A new disk is put in'],
  [500, 'internal_error', {}, 'Something broke on the server'],
]) {
  test(`${status} ${code}`, async () => {
    await refuse(
      status,
      code,
      code === 'stopped' ? 'A new disk is put in' : 'seconds 99: at most 20',
      headers,
    );
    await press();
    await page.getByRole('alert').getByText(said).first().waitFor();
    assert.equal(await page.getByLabel('Describe the clip').inputValue(), 'a red boat');
    await page.unrouteAll();
  });
}

test('offline: nothing is lost, and nothing is made twice', async () => {
  await page.goto(studio.url);
  await page.getByLabel('Describe the clip').fill('a lonely kite');
  const keys = [];
  await page.route('**/v1/videos', async (route) => {
    if (route.request().method() !== 'POST') return route.fallback();
    keys.push(route.request().headers()['idempotency-key']);
    // The request arrives, its answer does not.
    if (keys.length === 1) {
      await route.fetch();
      return route.abort();
    }
    return route.continue();
  });
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByText('The server does not answer').waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByText('The server does not answer').waitFor({ state: 'detached' });
  assert.equal(keys[0], keys[1]);
  const { data } = await studio.api('GET', '/videos?limit=100');
  assert.equal(data.filter(({ prompt }) => prompt === 'a lonely kite').length, 1);
  await page.unrouteAll();
});

test(
  'a server that is killed and comes back: the clip is finished before the same page',
  { timeout: 180_000 },
  async () => {
    await page.goto(studio.url);
    await page.getByLabel('Describe the clip').fill('a train in the snow');
    await page.getByRole('button', { name: /^Length/ }).click();
    await page.getByRole('menuitemradio', { name: '2 seconds' }).click();
    await page.getByRole('button', { name: 'Make it' }).click();
    await page.locator('.running').getByText('a train in the snow').waitFor();
    await studio.crash();
    await page.getByRole('link', { name: 'Play “a train in the snow”' }).waitFor({ timeout: 150_000 });
  },
);

test('a stop is told to everybody, and keeps from pressing', async () => {
  await studio.server.run('admin', 'stop', '--reason', 'A new disk is put in');
  await page.goto(studio.url);
  await page.getByText('No new videos are made for now.').first().waitFor();
  await page.getByText('A new disk is put in').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Make it' }).getAttribute('aria-disabled'), 'true');
  await studio.server.run('admin', 'release');
  await page.reload();
  await page.getByLabel('Describe the clip').waitFor();
  // Another process released it: the server hears within a second, the page at its next look.
  await page.locator('.notice').waitFor({ state: 'detached' });
});

test('a login that ends elsewhere is asked for again, where one was', async () => {
  await page.goto(`${studio.url}/library`);
  await page.getByRole('heading', { name: 'Library' }).waitFor();
  await page.context().clearCookies();
  await page.evaluate(() => dispatchEvent(new Event('online')));
  await page.getByRole('dialog').getByLabel('Name').fill('admin');
  await page.getByRole('dialog').getByLabel('Password').fill('not this one');
  await page.keyboard.press('Enter');
  await page.getByText('The name or the password is not right.').waitFor();
  await page.getByRole('dialog').getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  assert.equal(new URL(page.url()).pathname, '/library');
});

test('who signs out leaves nothing of what was written', async () => {
  await page.goto(studio.url);
  await page.getByLabel('Describe the clip').fill('a secret');
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByLabel('Describe the clip').waitFor();
  assert.equal(await page.getByLabel('Describe the clip').inputValue(), '');
});

test('what is not there has a page that says so', async () => {
  await page.goto(`${studio.url}/nowhere`);
  await page.getByText('Nothing is here').waitFor();
  await page.goto(`${studio.url}/video/video_nobody`);
  await page.getByText('It is gone').waitFor();
});
