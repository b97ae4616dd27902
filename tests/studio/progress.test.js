// SPDX-License-Identifier: Apache-2.0
// What is shown of a clip on its way, moment by moment. The server's answers are given here, since
// its own moments do not wait to be looked at.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { accessible, Studio } from './lib/studio.js';

let studio, page, video, previews;
before(async () => {
  studio = await Studio.start();
  page = await studio.member();
});
after(() => studio?.stop());

const videoWith = (part, aozora) => ({
  id: 'video_1',
  object: 'video',
  model: 'mini',
  status: 'in_progress',
  progress: 40,
  created_at: Math.floor(Date.now() / 1000),
  completed_at: null,
  expires_at: null,
  prompt: 'a boat',
  size: '640x360',
  seconds: '4',
  remixed_from_video_id: null,
  error: null,
  ...part,
  aozora: {
    kind: 'create',
    seed: 1,
    queue_position: null,
    seconds_left: 90,
    stage: null,
    source_video_id: null,
    variations: [],
    ...aozora,
  },
});

async function show(part, aozora) {
  video = videoWith(part, aozora);
  previews = [];
  await page.unrouteAll();
  await page.route(/\/v1\/videos\?/, (route) =>
    route.fulfill({
      json: {
        object: 'list',
        data: [video],
        first_id: video.id,
        last_id: video.id,
        has_more: false,
      },
    }),
  );
  await page.route(/\/v1\/videos\/video_1$/, (route) => route.fulfill({ json: video }));
  await page.route(/\/v1\/videos\/video_1\/preview/, (route) => {
    previews.push(new URL(route.request().url()).searchParams.get('revision'));
    return route.fulfill({
      contentType: 'image/svg+xml',
      body: '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="9"><rect width="16" height="9" fill="teal"/></svg>',
    });
  });
  await page.goto(studio.url);
  await page.locator('.running').waitFor();
}
const said = () => page.locator('.running').innerText();

test('a place in the queue, which moves up by itself', async () => {
  await show({ status: 'queued', progress: 0 }, { queue_position: 3 });
  assert.match(await said(), /Place 3 in the queue/);
  video = videoWith({ status: 'queued', progress: 0 }, { queue_position: 1 });
  await page.getByText('Next in the queue').waitFor();
});

test('the step, the time that is left, and a bar that says how far', async () => {
  await show({}, { step: 3, steps: 8, stage: 'denoise' });
  assert.match(await said(), /Step 3 of 8 · about 1.min (30|29|28).s left/);
  const bar = page.getByRole('progressbar');
  assert.equal(await bar.getAttribute('aria-valuenow'), '40');
  await page.getByText(/about 1.min 2[0-7].s left/).waitFor();
  await accessible(page, 'a running clip');
});

test('a preview, as soon as there is one', async () => {
  await show({}, { preview: 5, stage: 'denoise' });
  await page.getByAltText('Preview of “a boat”').waitFor();
  assert.deepEqual(previews, ['5']);
});

test('what it costs and takes is said before anything is pressed', async () => {
  const asked = [];
  await page.route('**/v1/videos/estimate', (route) => {
    const body = route.request().postDataJSON();
    asked.push(body);
    const n = body.n ?? 1;
    return route.fulfill({
      json: {
        object: 'video.estimate',
        model: 'mini',
        size: body.size,
        seconds: String(body.seconds),
        n,
        quota_seconds: n * body.seconds,
        quota_seconds_left: 6,
        render_seconds: 42 * n,
        wait_seconds: 75,
        queue_position: 2,
      },
    });
  });
  await page.goto(studio.url);
  await page
    .getByText(
      /Uses 4 of your 6 seconds left today · about 42.s to make · about 1.min 15.s in the queue first/,
    )
    .waitFor();
  await page.locator('.composer .segments label').nth(1).click();
  await page.getByText(/Uses 8 of your 6 .* about 1.min 24.s/).waitFor();
  await page.getByText('That is more than you have left today.').waitFor();
  await page.getByLabel('Describe the clip').fill('words that are nobody’s business yet');
  await page.waitForTimeout(800);
  assert.ok(asked.every(({ prompt }) => prompt === undefined));
});
