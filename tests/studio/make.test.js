// SPDX-License-Identifier: Apache-2.0
// From the first start to a storyboard, as a person does it.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { png } from '../e2e/lib/media.js';
import { accessible, blameless, PASSWORD, Studio } from './lib/studio.js';

const RENDER_MS = 180_000;
let studio, page;
before(async () => {
  studio = await Studio.start();
});
after(() => studio?.stop());

const idHere = () => new URL(page.url()).pathname.split('/')[2];
const played = () =>
  page.locator('.player video').evaluate(async (film) => {
    if (film.readyState < 2)
      await new Promise((resolve) => film.addEventListener('loadeddata', resolve, { once: true }));
    return {
      width: film.videoWidth,
      height: film.videoHeight,
      seconds: film.duration,
    };
  });

async function choose(menu, item) {
  await page.getByRole('button', { name: menu }).click();
  await page.getByRole('menuitemradio', { name: item }).click();
}

test('first start: a code sets the password, and is wiped from the address', async () => {
  page = await studio.visitor();
  const response = await page.goto(`${studio.url}/signin#${await studio.code()}`);
  const policy = response.headers()['content-security-policy'];
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe/);
  await page.getByLabel('New password').fill(PASSWORD);
  assert.equal(new URL(page.url()).hash, '');
  await page.keyboard.press('Enter');
  await page.getByLabel('Describe the clip').waitFor();
  assert.equal(new URL(page.url()).pathname, '/');
});

test('the prompt box is ready at once, and the page is there within a second', async () => {
  await page.goto(studio.url);
  await page.getByLabel('Describe the clip').waitFor();
  await page.keyboard.type('a red sailboat');
  assert.equal(await page.getByLabel('Describe the clip').inputValue(), 'a red sailboat');
  const painted = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0].startTime,
  );
  assert.ok(painted <= 1000, `first paint after ${painted} ms`);
});

test('what it will take is said by the server before anything is pressed', async () => {
  const asked = page.waitForResponse((answer) => answer.url().endsWith('/v1/videos/estimate') && answer.ok());
  await page.reload();
  const estimate = await (await asked).json();
  assert.equal(estimate.object, 'video.estimate');
  assert.ok(estimate.render_seconds > 0);
  const line = page.locator('.composer-estimate');
  await line.getByText(new RegExp(`^Uses ${estimate.quota_seconds} .* about .+ to make`)).waitFor();
});

test(
  'typed, sent by keys, watched; still there after a reload in the middle; played',
  { timeout: RENDER_MS },
  async () => {
    await page.getByLabel('Describe the clip').fill('a red sailboat on a calm sea');
    await page.getByRole('button', { name: 'Golden hour' }).click();
    await choose(/^Size/, /^Wide · 640/);
    await choose(/^Length/, '2 seconds');
    await page.getByText(/Uses 2 seconds of/).waitFor();
    await page.getByLabel('Describe the clip').focus();
    await page.keyboard.press('Control+Enter');
    const running = page.locator('.running');
    await running.getByText('a red sailboat on a calm sea, at sunset').waitFor();
    assert.equal(await running.count(), 1);
    await running.getByRole('progressbar').waitFor();
    await page.reload();
    await page.locator('.running, .tile').getByText('a red sailboat on a calm sea, at sunset').waitFor();
    await page.getByRole('link', { name: /^Play “a red sailboat/ }).waitFor({ timeout: RENDER_MS });
    await page.getByRole('link', { name: /^Play “a red sailboat/ }).click();
    assert.deepEqual(await played(), { width: 640, height: 360, seconds: 2 });
  },
);

test('steps by single pictures, and loops, by keys', async () => {
  const time = () => page.locator('.player video').evaluate((film) => film.currentTime);
  await page.keyboard.press('k');
  const pauses = () => page.locator('.player video').evaluate((film) => film.paused);
  if (!(await pauses())) await page.keyboard.press('k');
  await page.keyboard.press('Home');
  await page.keyboard.press('.');
  const first = await time();
  await page.keyboard.press('.');
  assert.ok(Math.abs((await time()) - first - 1 / 24) < 0.005, `${first} → ${await time()}`);
  await page.keyboard.press(',');
  assert.ok(Math.abs((await time()) - first) < 0.005);
  const loop = (pressed) => page.getByRole('button', { name: 'again and again', pressed }).waitFor();
  await loop(true);
  await page.keyboard.press('l');
  await loop(false);
});

test('a clip begins with a picture from the disk', { timeout: RENDER_MS }, async () => {
  const clip = page.url();
  await page.goto(studio.url);
  await page.getByLabel('Describe the clip').fill('a white kite over a calm sea');
  const picture = { name: 'sky.png', mimeType: 'image/png', buffer: png(320, 180) };
  await page.getByLabel('Picture', { exact: true }).setInputFiles(picture);
  await page.getByAltText(/sky\.png/).waitFor();
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.getByRole('link', { name: /^Play “a white kite/ }).waitFor({ timeout: RENDER_MS });
  await page.getByRole('button', { name: 'Remove the picture' }).click(); // what was sent stays, to be sent again
  await page.goto(clip);
  await page.locator('.player').waitFor();
});

test('is taken away as a file, as settings and as code', async () => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Video' }).click(),
  ]);
  assert.equal(download.suggestedFilename(), 'a-red-sailboat-on-a-calm-sea-at-sunset.mp4');
  const [settings] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Settings' }).click(),
  ]);
  const { default: fs } = await import('node:fs');
  const said = JSON.parse(fs.readFileSync(await settings.path(), 'utf8'));
  assert.equal(said.prompt, 'a red sailboat on a calm sea, at sunset');
  assert.ok(Number.isInteger(said.seed));
  await page.getByRole('button', { name: 'As code' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.locator('pre', { hasText: /curl .*\/v1\/videos/ }).waitFor();
  await dialog.getByRole('radio', { name: 'Python' }).check();
  await dialog.locator('pre', { hasText: /client\.videos\.create_and_poll\(/ }).waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'detached' });
});

test('remixed with a strength, with its history', { timeout: RENDER_MS }, async () => {
  const source = idHere();
  await page.getByRole('button', { name: 'Remix' }).click();
  await page.getByLabel('What it shall show').fill('a blue sailboat on a calm sea at night');
  await page.getByLabel(/^Strength/).fill('0.6');
  await page.locator('form').getByRole('button', { name: 'Remix' }).click();
  await page.waitForFunction((id) => !location.pathname.includes(id), source);
  const video = await studio.finished(idHere());
  assert.equal(video.remixed_from_video_id, source);
  await page.locator('.player').waitFor();
  assert.equal(await page.locator('.history li').count(), 2);
});

test('extended: the result is both, joined', { timeout: RENDER_MS }, async () => {
  const source = idHere();
  await page.getByRole('button', { name: 'Extend' }).click();
  await page.getByText('1 s', { exact: false }).first().waitFor();
  await page.locator('.segments label').first().click();
  await page.locator('form').getByRole('button', { name: 'Extend' }).click();
  await page.waitForFunction((id) => !location.pathname.includes(id), source);
  const video = await studio.finished(idHere());
  assert.equal(video.seconds, '3');
  await page.locator('.player').waitFor();
  assert.equal((await played()).seconds, 3);
  assert.equal(await page.locator('.history li').count(), 3);
});

test('re-cut: the start stays, the rest is made anew', { timeout: RENDER_MS }, async () => {
  const source = idHere();
  await page.goto(`${studio.url}/video/${source}/recut`);
  await page.getByLabel('Cut at 2 s').waitFor();
  await page.getByLabel('What it shall show').fill('the boat turns back');
  await page.locator('.segments label').first().click();
  await page.getByText('3 s in all').waitFor();
  await page.getByRole('button', { name: 'Cut and go on' }).click();
  await page.waitForFunction((id) => !location.pathname.includes(id), source);
  const video = await studio.finished(idHere());
  assert.equal(video.seconds, '3');
  assert.equal(video.aozora.source_video_id, source);
  await page.locator('.player').waitFor();
});

test('a clip is closed to a loop', { timeout: RENDER_MS }, async () => {
  const source = idHere();
  await page.goto(`${studio.url}/video/${source}/loop`);
  await page.locator('.segments label').first().click();
  await page.getByText('4 s in all').waitFor(); // what cannot be gone on from is left out
  await page.getByRole('button', { name: 'Close the loop' }).click();
  await page.waitForFunction((id) => !location.pathname.includes(id), source);
  const video = await studio.finished(idHere());
  assert.equal(video.seconds, '4');
  assert.equal(video.aozora.frames, 96);
  await page.locator('.player').waitFor();
});

test('a clip is led into another', { timeout: RENDER_MS }, async () => {
  const source = idHere();
  await page.goto(`${studio.url}/video/${source}/blend`);
  const partners = page.locator('.more-partners input');
  await partners.last().waitFor({ state: 'attached' });
  const into = await partners.last().getAttribute('value');
  await page.locator('.more-partners label').last().click();
  await page.locator('.segments label').first().click();
  await page.getByRole('button', { name: 'Blend' }).click();
  await page.waitForFunction((id) => !location.pathname.includes(id), source);
  const video = await studio.finished(idHere());
  assert.equal(video.aozora.target_video_id, into);
  assert.ok(Number(video.seconds) >= 4 + 2 + 2, video.seconds);
  await page.locator('.player').waitFor();
});

test('a storyboard of two cards is one clip, also after a reload', { timeout: RENDER_MS }, async () => {
  await page.goto(`${studio.url}/storyboard`);
  await page.getByLabel('What scene 1 shows').fill('a white lighthouse on a beach at noon');
  await page.getByLabel('What scene 2 shows').fill('a white lighthouse on a beach at night');
  await page.getByLabel('Length of scene 1').selectOption('2');
  await page.getByLabel('Length of scene 2').selectOption('1');
  await page.getByLabel('Size').selectOption('640x360');
  await page.getByRole('button', { name: 'Make the film' }).click();
  await page.locator('.board-run .running').waitFor();
  await page.reload();
  await page.getByText('Your film is ready').waitFor({ timeout: RENDER_MS });
  await page.locator('.board-run').getByRole('link', { name: /^Play/ }).click();
  await page.locator('.player').waitFor();
  assert.equal((await played()).seconds, 3);
  const { data } = await studio.api('GET', '/videos?limit=100');
  assert.equal(data.filter(({ prompt }) => prompt.startsWith('a white lighthouse')).length, 1);
});

test('several at once, all of them stopped', { timeout: RENDER_MS }, async () => {
  await page.goto(studio.url);
  await page.getByLabel('Describe the clip').fill('a gold lantern over a lake');
  // So long that none is done before it is stopped.
  await choose(/^Size/, /^Wide · 1920/);
  await choose(/^Length/, '20 seconds');
  await page.locator('.composer .segments label').nth(1).click();
  await page.getByRole('button', { name: 'Make it' }).click();
  await page.locator('.running').nth(1).waitFor();
  await page.locator('.running').getByText(/queue/).first().waitFor();
  // Of one request, also after a reload.
  await page.reload();
  await page.locator('.running').nth(1).waitFor();
  const made = await page.evaluate(async () => (await (await fetch('/v1/videos?limit=1')).json()).data[0]);
  await page.goto(`${studio.url}/video/${made.id}`);
  const variations = page.getByRole('region', { name: 'Variations' });
  await variations.getByRole('link').nth(1).waitFor();
  assert.equal(await variations.locator('a[aria-current=page]').count(), 1);
  await accessible(page, 'variations');
  await page.goto(studio.url);
  await page.locator('.running').nth(1).waitFor();
  for (let left = 2; left > 0; --left) {
    await page
      .getByRole('button', { name: /^Stop “a gold lantern/ })
      .first()
      .click();
    await page.waitForFunction(
      (n) => document.querySelectorAll('.running:not(.running-failed)').length < n,
      left,
    );
  }
  assert.equal(await page.locator('.running-failed').count(), 2);
});

test('nothing came from elsewhere, and nothing broke the policy', () => blameless(page));
