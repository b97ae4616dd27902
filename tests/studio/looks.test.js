// SPDX-License-Identifier: Apache-2.0
// Every page of making, for everybody: axe, a phone, dark, French, the keyboard.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { accessible, blameless, noSidewaysScroll, Studio } from './lib/studio.js';

const PHONE = { width: 390, height: 844 };
let studio, page, paths;
before(async () => {
  studio = await Studio.start();
  const first = await studio.clip('a red boat on a calm sea');
  const { id } = await studio.api('POST', `/videos/${first.id}/remix`, {
    prompt: 'a blue boat on a calm sea',
  });
  await studio.finished(id);
  await studio.api('POST', '/videos', {
    prompt: 'a long one',
    size: '1920x1080',
    seconds: '20',
  });
  await studio.api('POST', '/videos', {
    prompt: 'another long one that waits',
    size: '1920x1080',
    seconds: '20',
  });
  page = await studio.member();
  paths = {
    '/': '.tile',
    '/library': '.tile',
    '/storyboard': '.card',
    [`/video/${id}`]: '.history img',
    [`/video/${id}/remix`]: 'form',
    [`/video/${id}/extend`]: 'form',
    [`/video/${id}/loop`]: '.empty',
    '/nowhere': '.empty',
  };
});
after(() => studio?.stop());

async function each(look) {
  for (const [path, there] of Object.entries(paths)) {
    await page.goto(studio.url + path);
    await page.locator(there).first().waitFor();
    await look(path);
  }
}

for (const colorScheme of ['light', 'dark']) {
  test(`no serious violation, ${colorScheme}`, { timeout: 120_000 }, async () => {
    await page.emulateMedia({ colorScheme });
    await each((path) => accessible(page, `${path} ${colorScheme}`));
  });
}

test('no serious violation in what opens: settings, menus, dialogs', async () => {
  await page.emulateMedia({ colorScheme: 'light' });
  await page.goto(studio.url);
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByLabel('Steps').fill('999');
  await page.getByText('From 1 to 200').waitFor();
  await page.getByRole('button', { name: /^Size/ }).click();
  await accessible(page, 'settings');
  await page.goto(studio.url + Object.keys(paths)[3]);
  await page.getByRole('button', { name: 'As code' }).click();
  await page.getByRole('dialog').getByText('Python').waitFor();
  await accessible(page, 'code');
  await page.keyboard.press('Escape');
  await page.goto(`${studio.url}/library`);
  await page.getByRole('button', { name: 'More for “a red boat on a calm sea”' }).click();
  await accessible(page, 'menu of a clip');
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByText('Clip deleted').waitFor();
  await accessible(page, 'toast');
  await page.getByRole('button', { name: 'Undo' }).click();
});

test('no serious violation at the door', async () => {
  const stranger = await studio.visitor();
  await stranger.goto(studio.url);
  await stranger.getByLabel('Password').waitFor();
  await accessible(stranger, 'sign in');
  await stranger.getByRole('button', { name: 'I have a code' }).click();
  await accessible(stranger, 'sign in by code');
  blameless(stranger);
  await stranger.context().close();
});

test('a phone shows all of it without scrolling sideways', { timeout: 120_000 }, async () => {
  await page.setViewportSize(PHONE);
  await each(async (path) => {
    await noSidewaysScroll(page, path);
    await accessible(page, `${path} on a phone`);
  });
  await page.getByRole('navigation').getByRole('link', { name: 'Library' }).click();
  await page.getByRole('heading', { name: 'Library' }).waitFor();
});

test('a narrow and a very wide screen do as well', async () => {
  for (const width of [320, 768, 2560]) {
    await page.setViewportSize({ width, height: 900 });
    await each((path) => noSidewaysScroll(page, `${path} at ${width}`));
  }
  await page.setViewportSize({ width: 1280, height: 860 });
});

test('French from end to end, and kept', async () => {
  await page.goto(studio.url);
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitemradio', { name: 'Français' }).click();
  await page.getByRole('heading', { name: 'Que montrera le ciel ?' }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: 'Que montrera le ciel ?' }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), 'fr');
  await page.setViewportSize(PHONE);
  await each((path) => noSidewaysScroll(page, `${path} in French`));
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.goto(studio.url);
  await page.getByRole('button', { name: 'Compte' }).click();
  await page.getByRole('menuitemradio', { name: 'English' }).click();
});

test('the theme that was chosen counts more than the system', async () => {
  const ground = () =>
    page.evaluate(
      () =>
        getComputedStyle(document.body).colorScheme +
        getComputedStyle(document.documentElement).getPropertyValue('--ground'),
    );
  const light = await ground();
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('menuitemradio', { name: 'Dark' }).click();
  assert.notEqual(await ground(), light);
  await page.reload();
  await page.getByLabel('Describe the clip').waitFor();
  assert.notEqual(await ground(), light);
});

test('everything moves little for who asked for that', async () => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto(studio.url);
  await page.locator('.running').first().waitFor();
  const longest = await page.evaluate(() =>
    Math.max(
      0,
      ...document.getAnimations().map((one) => Number(one.effect?.getComputedTiming().activeDuration)),
    ),
  );
  assert.ok(longest <= 10, `an animation of ${longest} ms`);
});

test('the keyboard reaches the page past the frame, and sees where it is', async () => {
  await page.goto(`${studio.url}/library`);
  await page.locator('.tile').first().waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'main');
  await page.keyboard.press('Tab');
  const outline = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  assert.notEqual(outline, 'none');
});

test('nothing came from elsewhere, and nothing broke the policy', () => blameless(page));
