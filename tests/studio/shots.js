// SPDX-License-Identifier: Apache-2.0
// Pictures of the pages for docs/studio:   node shots.js [FOLDER] [NAME ...]
// The clips in them are made first, by the embedded model.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
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

// What has to happen on a page before it is looked at; `at` gives its path.
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
  player: {
    at: ({ remix }) => `/video/${remix.id}`,
    wait: '.history img',
    act: (page) => page.waitForTimeout(1200),
  },
  remix: {
    at: ({ remix }) => `/video/${remix.id}/remix`,
    wait: 'form',
    act: (page) => page.waitForTimeout(800),
  },
  blend: {
    at: ({ remix }) => `/video/${remix.id}/blend`,
    wait: '.more-partners img',
    act: (page) => page.waitForTimeout(800),
  },
  storyboard: {
    at: () => '/storyboard',
    wait: '.card',
    act: async (page) => {
      await page.getByLabel('What scene 1 shows').fill('a red sailboat on a calm sea at dawn');
      await page.getByLabel('What scene 2 shows').fill('the red sailboat on a stormy sea, in the rain');
      await page.getByLabel('Length of scene 2').selectOption('6');
    },
  },
};

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
  const shoot = async (page, name, { at, wait, act }) => {
    await page.goto(studio.url + at(clips));
    await page.locator(wait).first().waitFor();
    await act?.(page);
    await settled(page);
    await page.screenshot({
      path: path.join(folder, `${name}.jpg`),
      type: 'jpeg',
      quality: QUALITY,
    });
  };
  const page = await studio.member('admin', {
    viewport: { width: 1280, height: 800 },
  });
  for (const [name, shot] of Object.entries(PAGES)) {
    if (names.length === 0 || names.includes(name)) await shoot(page, name, shot);
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
