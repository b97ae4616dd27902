// SPDX-License-Identifier: Apache-2.0
// The stop and its notice, its release by two, and every admin page for everybody.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { asPerson, join, videoOf } from './lib/people.js';
import { accessible, blameless, noSidewaysScroll, Studio } from './lib/studio.js';

const PHONE = { width: 390, height: 844 };
const PAGES = {
  '/admin': 'Overview',
  '/admin/stops': 'The stop',
  '/admin/people': 'People',
  '/admin/keys': 'Keys',
  '/admin/models': 'Models',
  '/admin/reviews': 'Reviews',
  '/admin/credits': 'Credits',
  '/admin/policy': 'Policy',
  '/admin/terms': 'Terms',
  '/admin/audit': 'Audit',
};
let studio, admin, ben, mika;
before(async () => {
  studio = await Studio.start();
  admin = await studio.member();
  ben = await join(studio, 'admin', 'ben');
  mika = await join(studio, 'artist', 'mika');
  await videoOf(mika, 'a red boat on a calm sea');
});
after(() => studio?.stop());

async function each(look) {
  for (const [path, title] of Object.entries(PAGES)) {
    await admin.goto(studio.url + path);
    await admin.getByRole('heading', { name: title, level: 1 }).waitFor();
    await admin.locator('.waiting').waitFor({ state: 'detached' });
    await look(path);
  }
}

for (const colorScheme of ['light', 'dark']) {
  test(`no serious violation, ${colorScheme}`, { timeout: 120_000 }, async () => {
    await admin.emulateMedia({ colorScheme });
    await each((path) => accessible(admin, `${path} ${colorScheme}`));
  });
}

test('a phone shows all of it, to everybody, without scrolling sideways', { timeout: 240_000 }, async () => {
  await admin.setViewportSize(PHONE);
  await each(async (path) => {
    await noSidewaysScroll(admin, path);
    await accessible(admin, `${path} on a phone`);
  });
  await admin.setViewportSize({ width: 1280, height: 860 });
});

test('figures are drawn', async () => {
  await admin.goto(`${studio.url}/admin`);
  await admin.locator('.chart-line').first().waitFor({ state: 'attached' });
  await admin.locator('.chart-bar').first().waitFor({ state: 'attached' });
  await admin.getByText('Everything is running').waitFor();
});

test('a key is shown once, used, and revoked', async () => {
  await admin.goto(`${studio.url}/admin/keys`);
  await admin.getByRole('button', { name: 'New key' }).click();
  await admin.getByLabel('What for').fill('a test');
  await admin.getByLabel('Person').selectOption({ label: 'mika' });
  await accessible(admin, 'new key');
  await admin.getByRole('button', { name: 'Make the key' }).click();
  await admin.getByRole('button', { name: 'Done' }).waitFor();
  const key = await admin.getByRole('dialog').getByRole('textbox').inputValue();
  const ask = () => fetch(`${studio.server.url}/me`, { headers: { authorization: `Bearer ${key}` } });
  assert.equal((await (await ask()).json()).name, 'mika');
  await admin.getByRole('button', { name: 'Done' }).click();
  await admin
    .getByRole('row', { name: /a test/ })
    .getByRole('button', { name: 'Revoke' })
    .click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await admin.getByText('The key is revoked.').waitFor();
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assert.equal((await ask()).status, 401);
});

test('a grant is seen by whom it is for', async () => {
  await admin.goto(`${studio.url}/admin/people`);
  await admin.getByRole('button', { name: 'More for mika' }).click();
  await accessible(admin, 'menu of a person');
  await admin.getByRole('menuitem', { name: 'Give more seconds' }).click();
  await admin.getByLabel('What for').fill('the festival');
  await admin.getByRole('dialog').getByRole('button', { name: 'Give more seconds' }).click();
  await admin.getByText('Granted.').waitFor();
  await mika.goto(`${studio.url}/account`);
  await mika.getByText('the festival').waitFor();
});

test('standing limits are set, shown again, and taken back', async () => {
  const open = async () => {
    await admin.getByRole('button', { name: 'More for mika' }).click();
    await admin.getByRole('menuitem', { name: 'Standing limits' }).click();
    return admin.getByRole('dialog');
  };
  const save = async (dialog) => {
    await dialog.getByRole('button', { name: 'Set the limits' }).click();
    await dialog.waitFor({ state: 'detached' });
    await admin.getByText('The limits are set.').last().waitFor();
  };
  await admin.goto(`${studio.url}/admin/people`);
  let dialog = await open();
  await dialog.getByLabel('Priority: -10 to 10').fill('11');
  await dialog.getByText('A whole number from -10 to 10, or nothing.').waitFor();
  await dialog.getByLabel('Priority: -10 to 10').fill('2');
  await dialog.getByLabel('Seconds of video a day').fill('30');
  await accessible(admin, 'standing limits');
  await save(dialog);
  const me = await asPerson(mika, 'GET', '/me');
  assert.deepEqual(me.grants, { seconds_per_day: 30, priority: 2 });
  dialog = await open();
  assert.equal(await dialog.getByLabel('Seconds of video a day').inputValue(), '30');
  for (const name of ['Seconds of video a day', 'Priority: -10 to 10'])
    await dialog.getByLabel(name).fill('');
  await save(dialog);
  assert.deepEqual((await asPerson(mika, 'GET', '/me')).grants, {});
});

test('nobody else gets in', async () => {
  await mika.goto(`${studio.url}/admin/stops`);
  await mika.getByText('This is not yours to do').waitFor();
  assert.equal(await mika.getByRole('link', { name: 'Admin' }).count(), 0);
});

test('the stop needs a reason and the word; then everybody reads why', async () => {
  await admin.goto(`${studio.url}/admin/stops`);
  const button = admin.getByRole('button', { name: 'Stop it now' });
  assert.equal(await button.getAttribute('aria-disabled'), 'true');
  await admin.getByLabel('Why').fill('a new disk is put in');
  assert.equal(await button.getAttribute('aria-disabled'), 'true');
  await admin.getByLabel('Type STOP to confirm').fill('stop');
  await button.click();
  await admin.getByRole('button', { name: 'Release' }).waitFor();
  await accessible(admin, '/admin/stops while stopped');
  await mika.goto(studio.url);
  await mika.getByText('No new videos are made for now.').waitFor();
  await mika.getByText('a new disk is put in').first().waitFor();
  await accessible(mika, 'notice');
  const stranger = await studio.visitor();
  await stranger.goto(studio.url);
  await stranger.getByText('a new disk is put in').waitFor();
  await stranger.context().close();
});

test('two admins release it: one asks, the other agrees', async () => {
  await admin.getByRole('button', { name: 'Release' }).click();
  await admin.getByText('You have asked for the release.').waitFor();
  assert.equal(await admin.getByRole('button', { name: /^Release/ }).getAttribute('aria-disabled'), 'true');
  await ben.goto(`${studio.url}/admin/stops`);
  await ben.getByText('admin asked for the release').waitFor();
  await ben.getByRole('button', { name: 'Agree to the release' }).click();
  await ben.getByText('Nothing is stopped').waitFor();
  await mika.reload();
  await mika.getByLabel('Describe the clip').waitFor();
  assert.equal(await mika.getByText('No new videos are made for now.').count(), 0);
});

test('everything is stopped, and the admins whose pages are open release it', async () => {
  await admin.goto(`${studio.url}/admin/stops`);
  await ben.goto(`${studio.url}/admin/stops`);
  await admin.getByRole('radio', { name: /^Everything/ }).check();
  await admin.getByLabel('Why').fill('closed for a moment');
  await admin.getByLabel('Type STOP to confirm').fill('STOP');
  await admin.getByRole('button', { name: 'Stop it now' }).click();
  const release = admin.getByRole('button', { name: 'Release' });
  await release.waitFor();
  await mika.goto(studio.url);
  await mika.getByText('closed for a moment').first().waitFor();
  await accessible(mika, 'everything stopped');
  await release.click();
  await admin.getByText('You have asked for the release.').waitFor();
  await ben.getByRole('button', { name: 'Agree to the release' }).click();
  await ben.getByText('Nothing is stopped').waitFor();
  await mika.reload();
  await mika.getByLabel('Describe the clip').waitFor();
});

test('one model is stopped by a link, and released by one', async () => {
  await admin.goto(`${studio.url}/admin/stops?scope=model&subject=mini`);
  await admin.getByLabel('Why').fill('looked into');
  await admin.getByLabel('Type STOP to confirm').fill('STOP');
  await admin.getByRole('button', { name: 'Stop it now' }).click();
  await admin.getByRole('button', { name: 'Release' }).click();
  await admin.getByText('Nothing is stopped').waitFor();
});

test('nobody did what a page must not', () => {
  for (const page of [admin, ben, mika]) blameless(page);
});
