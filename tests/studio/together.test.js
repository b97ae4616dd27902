// SPDX-License-Identifier: Apache-2.0
// Two people and a reviewer: invited, submitted, returned, appealed, approved, shared, verified,
// screened, ended.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { asPerson, join, videoOf } from './lib/people.js';
import { accessible, blameless, noSidewaysScroll, PASSWORD, Studio } from './lib/studio.js';

let studio, admin, mika, ren, shared, clipPath, video;
before(async () => {
  studio = await Studio.start();
  admin = await studio.member();
});
after(() => studio?.stop());

test('terms that are new are accepted first, by the admin too', async () => {
  await studio.api('POST', '/admin/terms', { text: '# Terms\n\nKeep the **marks**.' });
  await admin.reload();
  await admin.getByRole('link', { name: 'Read the terms' }).click();
  await admin.getByRole('heading', { name: 'Terms' }).first().waitFor();
  await accessible(admin, '/terms');
  await admin.getByRole('button', { name: 'Accept these terms' }).click();
  await admin.getByText('Thank you. On you go.').waitFor();
  assert.equal(await admin.getByRole('link', { name: 'Read the terms' }).count(), 0);
});

test('an admin invites; the link is accepted once, with the terms', async () => {
  await admin.goto(`${studio.url}/admin/people`);
  await admin.getByRole('button', { name: 'Invite somebody' }).click();
  await admin.getByLabel('For whom or what').fill('Mika');
  await accessible(admin, 'invite dialog');
  await admin.getByRole('button', { name: 'Make the invitation' }).click();
  const link = await admin.getByLabel('Link of the invitation').inputValue();
  assert.match(link, /\/invite#\w+/);

  mika = await studio.visitor();
  await mika.goto(link);
  await mika.getByLabel('Your name').fill('mika');
  assert.equal(new URL(mika.url()).hash, '', 'the code is wiped from the address');
  await mika.getByLabel('Password').fill(PASSWORD);
  await accessible(mika, '/invite');
  await mika.getByRole('button', { name: 'Come in' }).click();
  await mika.getByText('Please read and accept the terms first.').waitFor();
  await mika.getByLabel('I have read the terms').check();
  await mika.getByRole('button', { name: 'Come in' }).click();
  await mika.getByLabel('Describe the clip').waitFor();

  const second = await studio.visitor();
  await second.goto(link);
  await second.getByText('This code is not good any more').waitFor();
  await second.context().close();
});

test('a video is submitted from its page, with a word', { timeout: 120_000 }, async () => {
  ren = await join(studio, 'reviewer', 'ren');
  video = await videoOf(mika, 'a red boat on a calm sea');
  await mika.goto(`${studio.url}/video/${video.id}`);
  await mika.getByRole('link', { name: 'Submit for review' }).click();
  await mika.getByLabel('Title').fill('Sailing home');
  await mika.getByLabel('A word to the reviewer').fill('Look at the sails.');
  await accessible(mika, 'new clip');
  await mika.getByRole('button', { name: 'Submit for review' }).click();
  await mika.getByText('ren decides by').waitFor();
  clipPath = new URL(mika.url()).pathname;
  assert.match(clipPath, /^\/clips\/clip_/);
  await accessible(mika, clipPath);
  // The same video again leads to its clip.
  await mika.goto(`${studio.url}/clips?video=${video.id}`);
  await mika.waitForURL(`**${clipPath}`);
});

test('it is taken back, and submitted again', async () => {
  await mika.getByRole('button', { name: 'Take it back' }).click();
  await mika.getByText('Draft', { exact: true }).waitFor();
  await mika.getByRole('button', { name: 'Submit for review' }).click();
  await mika.getByRole('dialog').getByRole('button', { name: 'Submit for review' }).click();
  await mika.getByText('Waiting for a decision').waitFor();
});

test('a reviewer returns it by keys, with a reason', async () => {
  await ren.goto(`${studio.url}/reviews`);
  await ren.getByRole('heading', { name: 'Sailing home' }).waitFor();
  await ren.getByText('a red boat on a calm sea').waitFor();
  await accessible(ren, '/reviews');
  await ren.keyboard.press('?');
  await ren.getByText('return with a reason').waitFor();
  await accessible(ren, 'keys');
  await ren.keyboard.press('Escape');
  await ren.keyboard.press('r');
  const dialog = ren.getByRole('dialog');
  await dialog.getByLabel('Why').waitFor();
  assert.equal(await dialog.getByRole('button', { name: 'Return' }).getAttribute('aria-disabled'), 'true');
  await ren.keyboard.type('a little dark');
  assert.equal(
    await dialog.getByLabel('Why').inputValue(),
    'a little dark',
    'letters are no keys while typing',
  );
  await dialog.getByRole('button', { name: 'Return' }).click();
  await ren.getByText('All looked at').waitFor();
});

test('the author reads why, and appeals; somebody else approves by a key', async () => {
  await mika.reload();
  await mika.getByText('a little dark').waitFor();
  await mika.getByRole('button', { name: 'Appeal' }).click();
  await mika.getByLabel('Why it should be decided otherwise').fill('It is night.');
  await mika.getByRole('dialog').getByRole('button', { name: 'Appeal' }).click();
  await mika.getByText('admin decides by').waitFor();
  await ren.reload();
  await ren.getByText('All looked at').waitFor();
  await admin.goto(`${studio.url}/reviews`);
  await admin.getByText('It is night.').waitFor();
  await admin.getByText('a little dark').waitFor();
  await admin.getByText(/^round 2, ren, /).waitFor(); // the first was taken back
  await admin.keyboard.press('a');
  await admin.getByText('All looked at').waitFor();
});

test('it is shared, and a stranger watches it without a cookie', async () => {
  await mika.reload();
  await mika.getByRole('button', { name: 'Share' }).click();
  await accessible(mika, 'share dialog');
  await mika.getByRole('button', { name: 'Make the link' }).click();
  shared = await mika.getByLabel('Link to the public page').inputValue();
  const stranger = await studio.visitor();
  await stranger.goto(shared);
  await stranger.getByRole('heading', { name: 'Sailing home' }).waitFor();
  await stranger.getByText('Made by mika').waitFor();
  await stranger.getByText('a red boat on a calm sea').waitFor();
  await stranger.getByText('Made by a model').waitFor();
  await stranger.getByText('Yes, this was made here').waitFor();
  await stranger.getByText(/^Found, /).waitFor();
  const width = await stranger.locator('.film video').evaluate(async (film) => {
    if (film.readyState < 2)
      await new Promise((resolve) => film.addEventListener('loadeddata', resolve, { once: true }));
    return film.videoWidth;
  });
  assert.equal(width, 256);
  await accessible(stranger, '/s/…');
  assert.deepEqual(await stranger.context().cookies(), []);
  blameless(stranger);
  await stranger.context().close();
});

test('verify: the downloaded file is dropped, and recognised', { timeout: 60_000 }, async () => {
  const bytes = await mika.request.get(`${studio.url}/v1/videos/${video.id}/content`);
  const film = (await bytes.body()).toString('base64');
  await mika.goto(`${studio.url}/verify`);
  await mika.getByText('Drop a video or a picture here').waitFor();
  await accessible(mika, '/verify');
  const drop = (name, type, text) =>
    mika.evaluate(
      ([base64, fileName, fileType]) => {
        const data = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([data], fileName, { type: fileType }));
        document
          .querySelector('main')
          .dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
      },
      [text, name, type],
    );
  await drop('boat.mp4', 'video/mp4', film);
  await mika.getByRole('heading', { name: 'Yes, this was made here' }).waitFor();
  await mika.getByText('A model made it').waitFor();
  await mika.getByText(/^Found, /).waitFor();
  await mika.getByText('Details', { exact: true }).click();
  await accessible(mika, 'what was found');
  // One bit of the pictures is another: the signature does not hold any more.
  const changed = Buffer.from(film, 'base64');
  changed[changed.length - 2000] ^= 1;
  await mika.getByRole('button', { name: 'Look at another' }).click();
  await mika
    .locator('input[type=file]')
    .setInputFiles({ name: 'changed.mp4', mimeType: 'video/mp4', buffer: changed });
  await mika.getByRole('heading', { name: /^(Yes, this began here|Not made here)/ }).waitFor();
  await mika.getByText('There, but it does not hold').waitFor();
});

test('feedback, the screening list and credits', async () => {
  await admin.goto(studio.url + clipPath);
  await admin.getByRole('button', { name: 'More' }).click();
  await admin.getByRole('menuitem', { name: 'Put it on the screening list' }).click();
  await admin.getByText('It is on the screening list.').waitFor();
  await admin.goto(`${studio.url}/screening`);
  await admin.getByRole('button', { name: 'Pick clips' }).click();
  const picking = admin.getByRole('dialog');
  await picking.getByText('There are none.').waitFor();
  await picking.getByLabel('Public').check();
  await picking.getByRole('button', { name: 'Take off “Sailing home”' }).click();
  await picking.getByRole('button', { name: 'Add “Sailing home”' }).waitFor();
  await accessible(admin, 'picking clips');
  await picking.getByRole('button', { name: 'Add “Sailing home”' }).click();
  await picking.getByRole('button', { name: 'Take off “Sailing home”' }).waitFor();
  await ren.goto(`${studio.url}/screening`);
  await ren.getByRole('link', { name: 'Sailing home' }).first().click();
  await ren.getByLabel('4 of 5').check();
  await ren.getByLabel('Your words to the author').fill('Lovely light.');
  await ren.getByRole('button', { name: 'Send' }).click();
  await ren.getByText('Thank you. The author sees it.').waitFor();
  await mika.goto(studio.url + clipPath);
  await mika.getByText('Lovely light.').waitFor();
  await mika.getByRole('img', { name: '4 of 5' }).waitFor();
  await ren.goto(`${studio.url}/credits`);
  await ren.getByRole('cell', { name: 'Reviews' }).first().waitFor();
  await accessible(ren, '/credits');
});

test('testers file findings, and admins judge them', async () => {
  const kit = await join(studio, 'red_team', 'kit');
  await kit.goto(`${studio.url}/findings`);
  await kit.getByRole('button', { name: 'File a finding' }).click();
  await kit.getByLabel('In a sentence').fill('Greek letters get through');
  await kit.getByLabel('Prompt', { exact: true }).fill('a κnife');
  await kit.getByLabel('What you did').fill('Typed it.');
  await accessible(kit, 'finding');
  await kit.getByRole('button', { name: 'Send' }).click();
  await kit.getByRole('heading', { name: 'Greek letters get through' }).waitFor();
  await admin.goto(`${studio.url}/findings`);
  await admin.getByRole('button', { name: 'Judge' }).click();
  await admin.getByLabel('Confirmed').check();
  await admin.getByRole('button', { name: 'Save' }).click();
  await admin.getByText('Noted.').waitFor();
  await kit.reload();
  await kit.getByText('Confirmed', { exact: true }).waitFor();
  blameless(kit);
  await kit.context().close();
});

test('why a clip is flagged stands beside it in the queue', { timeout: 120_000 }, async () => {
  const { id } = await videoOf(mika, 'a machete attack in the fog');
  const clip = await asPerson(mika, 'POST', '/clips', { video_id: id, title: 'In the fog' });
  await asPerson(mika, 'POST', `/clips/${clip.id}/submit`, {});
  await ren.goto(`${studio.url}/reviews?clip=${clip.id}`);
  await ren.getByText('In the prompt: violence, medium').waitFor();
  await ren.getByText('machete attack', { exact: true }).waitFor();
  await ren.getByText('Two people have to approve it.').waitFor();
  await accessible(ren, 'why it is flagged');
  await mika.goto(`${studio.url}/clips/${clip.id}`);
  await mika.getByText('It was flagged: two people have to approve it.').waitFor();
  assert.equal(await mika.getByText('violence').count(), 0);
});

test('a phone, in the dark, shows all of it', { timeout: 120_000 }, async () => {
  const phone = { viewport: { width: 390, height: 844 }, colorScheme: 'dark', hasTouch: true };
  const stranger = await studio.visitor(phone);
  await stranger.goto(shared);
  await stranger.getByText('Made by mika').waitFor();
  await noSidewaysScroll(stranger, '/s/… on a phone');
  await accessible(stranger, '/s/… on a phone');
  await stranger.context().close();
  await ren.setViewportSize(phone.viewport);
  await ren.emulateMedia({ colorScheme: 'dark' });
  for (const path of [
    '/clips',
    clipPath,
    '/reviews',
    '/screening',
    '/verify',
    '/account',
    '/credits',
    '/terms',
  ]) {
    await ren.goto(studio.url + path);
    await ren.locator('main :is(h1, h2)').first().waitFor();
    await ren.locator('.waiting').waitFor({ state: 'detached' });
    await noSidewaysScroll(ren, `${path} on a phone`);
    await accessible(ren, `${path} on a phone`);
  }
});

test('the link ends for everybody', async () => {
  await mika.goto(studio.url + clipPath);
  await mika.getByRole('button', { name: 'End the link' }).click();
  await mika.getByRole('dialog').getByRole('button', { name: 'End the link' }).click();
  await mika.getByText('The link has ended.').waitFor();
  const stranger = await studio.visitor();
  await stranger.goto(shared);
  await stranger.getByText('This page is not public').waitFor();
  await stranger.context().close();
});

test('logins end elsewhere, data is taken along, and an account goes', async () => {
  const kim = await join(studio, 'artist', 'kim');
  await kim.goto(`${studio.url}/account`);
  await kim.getByRole('heading', { name: 'kim' }).waitFor();
  await accessible(kim, '/account');
  const saved = kim.waitForEvent('download');
  await kim.getByRole('button', { name: 'Take my data with me' }).click();
  assert.equal((await saved).suggestedFilename(), 'aozora-kim.json');
  await kim.getByRole('button', { name: 'Delete my account' }).click();
  const remove = kim.getByRole('button', { name: 'Delete everything, for good' });
  assert.equal(await remove.getAttribute('aria-disabled'), 'true');
  await kim.getByLabel(/Type your name/).fill('kim');
  await remove.click();
  await kim.getByText('Your account is gone').waitFor();
  blameless(kim);
  await kim.context().close();
});

test('nobody did what a page must not', () => {
  for (const page of [admin, mika, ren]) blameless(page);
});
