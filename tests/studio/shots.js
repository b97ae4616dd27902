// SPDX-License-Identifier: Apache-2.0
// Pictures of the pages for docs/studio:   node shots.js [FOLDER] [NAME ...]
// The clips in them are made first, by the embedded model.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { asPerson, join, videoOf } from './lib/people.js';
import { Studio } from './lib/studio.js';

const [folder = new URL('../../docs/studio', import.meta.url).pathname, ...names] = process.argv.slice(2);
const QUALITY = 82; // a file of this repository has at most 256 KiB
const CLIPS = [
  'a red sailboat drifts across a calm sea at sunset',
  'three orange balloons over the hills in the morning',
  'a white lighthouse above a stormy sea at dusk',
  'a green train crosses the desert at dawn',
  'a gold lantern over a lake at night, under an aurora',
];
const VIEWPORT = { width: 1280, height: 800 };
const LARGE = { size: '960x540', seconds: '3', seed: 7 };

async function settled(page) {
  await page.evaluate(() =>
    Promise.all(
      [...document.images]
        .filter((image) => image.loading !== 'lazy' || image.getBoundingClientRect().top < innerHeight)
        .map(
          (image) =>
            image.complete ||
            new Promise((resolve) => {
              image.onload = image.onerror = resolve;
            }),
        ),
    ),
  );
  await page.waitForTimeout(600);
}

// A page that needs nothing but a moment.
const plain = (at, wait = 'main') => ({ at, wait, act: (page) => page.waitForTimeout(1200) });
const toolPage = (tool, wait = 'form') => plain(({ remix }) => `/video/${remix.id}/${tool}`, wait);

// What has to happen on a page before it is looked at; `at` gives its path, `by` who looks, if that is
// not the admin.
const PAGES = {
  create: {
    at: () => '/',
    wait: '.tile',
    act: async (page) => page.getByLabel('Describe the clip').fill('a pink kite rises over the beach'),
  },
  progress: {
    at: () => '/',
    wait: '.tile',
    act: async (page) => {
      await page.getByLabel('Describe the clip').fill('a yellow rocket rises into the clouds at dawn');
      await page.locator('.composer .segments label').nth(1).click();
      await page.getByRole('button', { name: 'Make it' }).click();
      await page.locator('.running').nth(1).waitFor();
      await page.waitForTimeout(6000);
    },
  },
  library: {
    at: () => '/library',
    wait: '.tile',
    act: async (page) => page.locator('.tile-media').nth(1).hover(),
  },
  player: plain(({ remix }) => `/video/${remix.id}`, '.history img'),
  ...Object.fromEntries(['remix', 'edit', 'extend', 'recut', 'loop'].map((tool) => [tool, toolPage(tool)])),
  blend: toolPage('blend', '.more-partners img'),
  storyboard: {
    at: () => '/storyboard',
    wait: '.card',
    act: async (page) => {
      await page.getByLabel('What scene 1 shows').fill('a red sailboat on a calm sea at dawn');
      await page.getByLabel('What scene 2 shows').fill('the red sailboat on a stormy sea, in the rain');
      await page.getByLabel('Length of scene 2').selectOption('6');
    },
  },
  clip: {
    at: ({ shared }) => `/clips/${shared.clip.id}`,
    wait: '.film video',
    act: (page) => page.waitForTimeout(2500),
  },
  clips: { at: () => '/clips', wait: 'main img' },
  reviews: { at: () => '/reviews', wait: '.film video', by: 'reviewer' },
  share: {
    at: ({ shared }) => `/s/${shared.share.id}`,
    wait: '.film video',
    act: (page) => page.getByText('Yes, this was made here').waitFor(),
  },
  screening: { at: () => '/screening', wait: 'main img' },
  findings: { at: () => '/findings', wait: 'main li, main article, main td' },
  credits: { ...plain(() => '/credits'), by: 'reviewer' },
  account: plain(() => '/account'),
  verify: {
    at: () => '/verify',
    wait: 'main',
    act: async (page, { film }) => {
      const file = { name: 'sailboat.mp4', mimeType: 'video/mp4', buffer: film };
      await page.locator('input[type=file]').setInputFiles(file);
      await page.getByRole('heading', { name: 'Yes, this was made here' }).waitFor();
    },
  },
  signin: { ...plain(() => '/signin'), by: 'stranger' },
  invite: { ...plain(({ invitation }) => `/invite#${invitation}`), by: 'stranger' },
  terms: { ...plain(() => '/terms'), by: 'stranger' },
  admin: plain(() => '/admin'),
  stops: plain(() => '/admin/stops'),
  people: plain(() => '/admin/people'),
  keys: plain(() => '/admin/keys'),
  models: plain(() => '/admin/models'),
  'admin-reviews': plain(() => '/admin/reviews'),
  'admin-credits': plain(() => '/admin/credits'),
  policy: plain(() => '/admin/policy'),
  'admin-terms': plain(() => '/admin/terms'),
  audit: plain(() => '/admin/audit'),
};

// Two people beside the admin, clips in every state, and what is said about them.
async function makeProgramme(studio, clips) {
  const ren = await join(studio, 'reviewer', 'Ren', { viewport: VIEWPORT });
  const mika = await join(studio, 'artist', 'Mika');
  const admin = (method, where, body) => studio.api(method, where, body);
  const as = (page) => (method, where, body) => asPerson(page, method, where, body);
  const submit = async (ask, video, title) => {
    const clip = await ask('POST', '/clips', { video_id: video.id, title });
    return ask('POST', `/clips/${clip.id}/submit`, { note: 'For the festival.' });
  };
  const clip = await submit(admin, clips.first, 'Sailing home');
  await as(ren)('POST', `/clips/${clip.id}/decision`, { decision: 'approve' });
  const { share } = await admin('POST', `/clips/${clip.id}/share`, {
    shows_prompt: true,
    shows_author: true,
  });
  await admin('POST', '/admin/screening', { clip_id: clip.id });
  await as(mika)('POST', `/clips/${clip.id}/feedback`, { text: 'The light on the water holds.', rating: 5 });
  await submit(admin, clips.remix, 'The same boat, at night');
  await submit(as(mika), await videoOf(mika, CLIPS[2], LARGE), 'Lighthouse');
  await admin('POST', '/findings', {
    prompt: 'a red sailboat, upside down',
    title: 'Upside down is not understood',
    text: 'The boat stands upright as always.',
    severity: 'low',
  });
  return { clip, share, ren };
}

const studio = await Studio.start(['--effort', 'medium']);
try {
  mkdirSync(folder, { recursive: true });
  const clips = {};
  for (const prompt of CLIPS) clips.last = await studio.clip(prompt, LARGE);
  const { data } = await studio.api('GET', '/videos?order=asc&limit=1');
  clips.first = data[0];
  const { id } = await studio.api('POST', `/videos/${clips.first.id}/remix`, {
    prompt: 'a white sailboat on a calm sea at night, under an aurora',
    strength: 0.7,
  });
  clips.remix = await studio.finished(id);
  clips.shared = await makeProgramme(studio, clips);
  const content = await fetch(`${studio.server.url}/videos/${clips.first.id}/content`, {
    headers: { authorization: `Bearer ${studio.server.key}` },
  });
  clips.film = Buffer.from(await content.arrayBuffer());
  const shoot = async (page, name, { at, wait, act }) => {
    await page.goto(studio.url + at(clips));
    await page.locator(wait).first().waitFor();
    await act?.(page, clips);
    await settled(page);
    await page.screenshot({
      path: path.join(folder, `${name}.jpg`),
      type: 'jpeg',
      quality: QUALITY,
    });
  };
  const text = '# Terms\n\nKeep the **marks**.\n\n- Say what is made by a machine.\n- Nobody without their consent.';
  const { version } = await studio.api('POST', '/admin/terms', { text });
  await studio.api('POST', '/terms/accept', { version }); // or the admin could make nothing more
  clips.invitation = (await studio.api('POST', '/admin/invitations', { role: 'artist' })).code;
  const page = await studio.member('admin', {
    viewport: VIEWPORT,
  });
  const stranger = await studio.visitor({ viewport: VIEWPORT });
  const pageOf = { reviewer: clips.shared.ren, stranger };
  for (const [name, shot] of Object.entries(PAGES)) {
    if (names.length === 0 || names.includes(name))
      await shoot(pageOf[shot.by] ?? page, name, shot);
  }
  if (names.length === 0 || names.includes('dark')) {
    await page.emulateMedia({ colorScheme: 'dark' });
    await shoot(page, 'dark', PAGES['library']);
    await page.emulateMedia({ colorScheme: 'light' });
  }
  if (names.length === 0 || names.includes('phone')) {
    await page.setViewportSize({ width: 390, height: 844 });
    await shoot(page, 'phone', PAGES.create);
  }
} finally {
  await studio.stop();
}
