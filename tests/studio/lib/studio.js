// SPDX-License-Identifier: Apache-2.0
// A real server with a studio, a real browser, and people in it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';
import { Server } from '../../e2e/lib/server.js';
import { Front } from './front.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const CHROMIUM = process.env.AOZORA_CHROMIUM ?? '/usr/bin/chromium';
const QUIET = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
export const PASSWORD = 'a calm and open sky';
// The smallest clip, for pages that only need one to be there.
export const TINY = { size: '128x72', seconds: '1', steps: 2 };

export class Studio {
  static async start(options = []) {
    const studio = new Studio();
    studio.server = await Server.start(options);
    studio.front = await Front.start(studio.server.url);
    studio.browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: QUIET,
    });
    return studio;
  }

  get url() {
    return this.front.url;
  }

  async stop() {
    await this.browser?.close();
    await this.front?.stop();
    await this.server?.stop();
  }

  // As a power cut. The page keeps its address.
  async crash() {
    await this.server.crash();
    this.front.target(this.server.url);
  }

  // A fresh browser of somebody, watched for what a page must never do.
  async visitor(options = {}) {
    const context = await this.browser.newContext({
      viewport: { width: 1280, height: 860 },
      locale: 'en-GB',
      ...options,
    });
    const faults = [];
    context.on('request', (request) => {
      const url = new URL(request.url());
      if (/^https?:$/.test(url.protocol) && url.origin !== this.url) faults.push(`request to ${url.origin}`);
    });
    context.on('weberror', (error) => faults.push(`error: ${error.error().stack}`));
    context.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) faults.push(message.text());
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.faults = faults;
    return page;
  }

  code(name = 'admin') {
    return this.server.run('admin', 'password-link', name);
  }

  // A visitor who has set a password by a code, and is at the create page.
  async member(name = 'admin', options = {}) {
    const page = await this.visitor(options);
    await page.goto(`${this.url}/signin#${await this.code(name)}`);
    await page.getByLabel('New password').fill(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByLabel('Describe the clip').waitFor();
    return page;
  }

  async api(method, path, body) {
    const answer = await fetch(this.server.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.server.key}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    assert.ok(
      answer.ok,
      `${method} ${path}: ${answer.status} ${answer.ok ? '' : await answer.clone().text()}`,
    );
    return answer.json();
  }

  // A finished clip of the admin's.
  async clip(prompt, settings = {}) {
    const { id } = await this.api('POST', '/videos', {
      prompt,
      ...TINY,
      ...settings,
    });
    return this.finished(id);
  }

  async finished(id) {
    for (let i = 0; i < 600; ++i) {
      const video = await this.api('GET', `/videos/${id}`);
      if (video.status === 'completed') return video;
      assert.notEqual(video.status, 'failed', JSON.stringify(video.error));
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    throw new Error(`${id} was not finished in time`);
  }
}

// Throws at what is serious for people who use a keyboard, a reader of screens, or see little.
export async function accessible(page, where) {
  // Colours in the middle of a transition are nobody's. What a click opens begins its own a frame
  // later.
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
  );
  await page.evaluate(() =>
    Promise.all(
      document
        .getAnimations()
        .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
        .map((one) => one.finished.catch(() => undefined)),
    ),
  );
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  );
  const bad = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n    ${nodes
          .slice(0, 4)
          .map(
            ({ html, failureSummary }) =>
              `${html.slice(0, 200)} ${failureSummary?.replaceAll('\n', ' ').slice(0, 240)}`,
          )
          .join('\n    ')}`,
    );
  assert.deepEqual(bad, [], `${where}:\n  ${bad.join('\n  ')}`);
}

export async function noSidewaysScroll(page, where) {
  const over = await page.evaluate(() => {
    const wide = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= wide) return null;
    return [...document.querySelectorAll('body *')]
      .filter((one) => one.getBoundingClientRect().right > wide + 1)
      .slice(0, 3)
      .map((one) => one.outerHTML.slice(0, 120));
  });
  assert.equal(over, null, where);
}

export function blameless(page) {
  assert.deepEqual(page.faults, []);
}
