// SPDX-License-Identifier: Apache-2.0
// The library: found, sorted, deleted with time to undo.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { blameless, Studio, TINY } from './lib/studio.js';

let studio, page;
before(async () => {
  studio = await Studio.start();
  for (const [prompt, size] of [
    ['a red boat at dusk', '128x72'],
    ['a blue whale underwater', '72x128'],
    ['a green tree in the forêt', '128x72'],
  ]) {
    await studio.clip(prompt, { size });
  }
  page = await studio.member();
  await page.goto(`${studio.url}/library`);
  await page.locator('.tile').nth(2).waitFor();
});
after(() => studio?.stop());

const tiles = () => page.locator('.tile').count();
const isGone = async (id) =>
  (
    await fetch(`${studio.server.url}/videos/${id}`, {
      headers: { authorization: `Bearer ${studio.server.key}` },
    })
  ).status === 404;
async function until(what, look) {
  for (let i = 0; i < 150; ++i) {
    if (await look()) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`waited in vain for ${what}`);
}

test('is searched while one types, from the keyboard', async () => {
  await page.keyboard.press('/');
  await page.keyboard.type('foret TREE');
  await until('one tile', async () => (await tiles()) === 1);
  await page.getByLabel('Search your clips').fill('nothing like it');
  await page.getByText('No clip fits').waitFor();
  await page.getByRole('button', { name: 'Show everything' }).click();
  await until('all tiles', async () => (await tiles()) === 3);
});

test('is filtered by shape', async () => {
  await page.getByRole('button', { name: 'Shape' }).click();
  await page.getByRole('menuitemradio', { name: 'Tall' }).click();
  await until('one tile', async () => (await tiles()) === 1);
  await page.getByText('a blue whale').first().waitFor();
  await page.getByRole('button', { name: 'Shape' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Shape' }).click();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await until('all tiles', async () => (await tiles()) === 3);
});

test('shows the clip under the pointer from its sheet', async () => {
  await page.locator('.tile-media').first().hover();
  const position = () =>
    page
      .locator('.scrub-sheet')
      .first()
      .evaluate((one) => one.style.backgroundPosition);
  const before = await position();
  await page
    .locator('.tile-media')
    .first()
    .hover({ position: { x: 5, y: 20 } });
  assert.notEqual(await position(), before);
});

test('has folders, which the server keeps', async () => {
  await page.getByRole('button', { name: 'Select', exact: true }).click();
  await page.getByLabel('Select “a red boat at dusk”').check({ force: true });
  await page.getByRole('button', { name: 'Move to…' }).click();
  await page.getByRole('menuitem', { name: 'New folder' }).click();
  await page.getByLabel('Name of the folder').fill('Boats');
  await page.getByRole('button', { name: 'Make the folder' }).click();
  await page.reload();
  await page.getByRole('button', { name: 'Boats' }).click();
  await until('one tile', async () => (await tiles()) === 1);
  await page.getByRole('button', { name: 'More for the folder Boats' }).click();
  await page.getByRole('menuitem', { name: 'Rename the folder' }).click();
  await page.getByLabel('Name of the folder').fill('Ships');
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await page.getByRole('button', { name: 'Ships 1' }).waitFor();
  const [kept] = (await studio.api('GET', '/folders')).data;
  assert.deepEqual([kept.name, kept.video_ids.length], ['Ships', 1]);
  await page.getByRole('button', { name: 'More for the folder Ships' }).click();
  await page.getByRole('menuitem', { name: 'Remove the folder' }).click();
  await until('all tiles', async () => (await tiles()) > 1);
  assert.deepEqual((await studio.api('GET', '/folders')).data, []);
});

async function remove(prompt) {
  await page.getByRole('button', { name: `More for “${prompt}”` }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
}

test('a delete can be taken back, and is not sent before', async () => {
  const { data } = await studio.api('GET', '/videos?limit=10');
  const { id } = data.find(({ prompt }) => prompt === 'a red boat at dusk');
  await remove('a red boat at dusk');
  await until('two tiles', async () => (await tiles()) === 2);
  assert.equal(await isGone(id), false);
  await page.getByRole('button', { name: 'Undo' }).click();
  await until('three tiles', async () => (await tiles()) === 3);
  await page.waitForTimeout(7000);
  assert.equal(await isGone(id), false);
  await remove('a red boat at dusk');
  await until('the clip to be gone', () => isGone(id));
});

test('a delete is sent when the page is left', async () => {
  const { data } = await studio.api('GET', '/videos?limit=10');
  const { id } = data.find(({ prompt }) => prompt.startsWith('a blue whale'));
  await remove('a blue whale underwater');
  await page.goto('about:blank');
  await until('the clip to be gone', () => isGone(id));
  await page.goto(`${studio.url}/library`);
});

test('what happens elsewhere is seen without a reload', async () => {
  await page.getByText('a green tree').first().waitFor();
  const { id } = await studio.api('POST', '/videos', {
    prompt: 'a pink kite over the hills',
    ...TINY,
  });
  await page.getByRole('link', { name: 'Play “a pink kite over the hills”' }).waitFor({ timeout: 60_000 });
  await studio.api('DELETE', `/videos/${id}`);
  await until('the tile to go', async () => (await page.getByText('a pink kite').count()) === 0);
});

test('nothing came from elsewhere, and nothing broke the policy', () => blameless(page));
