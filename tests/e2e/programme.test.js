// SPDX-License-Identifier: Apache-2.0
// People and the programme over the real binary: who comes in, who may do what, and the way of a
// clip from its author to everybody and back.
import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { Browser } from './lib/browser.js';
import { clientOf, completed, recordingFetch, SMALL } from './lib/client.js';
import { Contract } from './lib/contract.js';
import { readMp4 } from './lib/media.js';
import { Server } from './lib/server.js';

const ROLES = ['artist', 'partner', 'red_team', 'reviewer', 'admin'];
const PASSWORD = 'correct horse battery';
const ALL_SCOPES = ['videos:read', 'videos:write', 'review', 'admin'];
let server, admin;  // admin: the official client with the key of the first start
before(async () => {
  server = await Server.start();
  admin = clientOf(server);
});
after(() => server.stop());

const invite = (role) => admin.post('/admin/invitations', { body: { role, note: 'a friend' } });

// A new person, logged in.
async function join(name, role) {
  const { code } = await invite(role);
  const browser = new Browser(server);
  const { version } = await browser.ok('GET', '/terms');
  const made = await browser.ok('POST', '/invitations/accept',
                                { code, name, password: PASSWORD, terms_version: version });
  browser.person = made.person;
  return browser;
}

async function login(name, password = PASSWORD, browser = new Browser(server)) {
  return { browser, ...await browser.post('/login', { name, password }) };
}

const keyFor = async (personId, scopes = ALL_SCOPES) =>
  (await admin.post('/admin/keys', { body: { person_id: personId, name: 'test', scopes } })).key;

async function makeVideo(browser, prompt = 'a red boat') {  // which shows no skin
  const { id } = await browser.ok('POST', '/videos', { prompt, seed: 7, ...SMALL });
  return completed(clientOf(server, { apiKey: await keyFor(browser.person.id) }), id);
}

async function askKey(key, method, where, body) {
  const answer = await recordingFetch(server.url + where, {
    method, body: body && JSON.stringify(body),
    headers: { ...(key && { authorization: `Bearer ${key}` }),
               ...(body && { 'content-type': 'application/json' }) } });
  const type = answer.headers.get('content-type') ?? '';
  return { status: answer.status, body: type.startsWith('application/json') ? await answer.json()
                                                                            : null };
}

test('the whole story: invited, submitted, returned, appealed, approved, shared, revoked',
     async () => {
  const ada = await join('Ada', 'artist');
  const rex = await join('Rex', 'reviewer'), ria = await join('Ria', 'reviewer');
  const video = await makeVideo(ada);
  const clip = await ada.ok('POST', '/clips', { video_id: video.id, title: 'Boat' });
  assert.equal(clip.state, 'draft');
  assert.equal((await ada.ok('GET', `/videos/${video.id}`)).expires_at, null, 'its files stay');
  const at = `/clips/${clip.id}`;
  assert.equal((await rex.get(at)).status, 404, 'a draft is private');

  const submitted = await ada.ok('POST', `${at}/submit`, { note: 'for the wall' });
  assert.equal(submitted.state, 'submitted');
  const due = submitted.due_at - Date.now() / 1000;
  assert.ok(Math.abs(due - 48 * 3600) < 60, `due in ${due} s`);
  const [review] = submitted.reviews;
  const [first, second] = review.reviewer.name === 'Rex' ? [rex, ria] : [ria, rex];
  assert.equal((await second.ok('GET', '/reviews')).data.length, 0, 'one is asked');
  const { data: queue } = await first.ok('GET', '/reviews');
  assert.equal(queue[0].clip.video.prompt, 'a red boat');
  assert.ok(queue[0].asked_of_you);
  assert.equal(readMp4((await first.get(`${at}/content`)).body).width, 128);
  assert.equal((await second.post(`${at}/decision`, { decision: 'approve' })).status, 400);
  assert.equal((await ada.post(`${at}/decision`, { decision: 'approve' })).status, 403);
  assert.equal((await first.post(`${at}/decision`, { decision: 'return' })).status, 400,
               'a return has a reason');

  await first.ok('POST', `${at}/decision`, { decision: 'return', reason: 'the boat is cut off' });
  const returned = await ada.ok('GET', at);
  assert.deepEqual([returned.state, returned.reason], ['returned', 'the boat is cut off']);
  assert.equal((await ada.post(`${at}/share`, {})).status, 400);
  const appealed = await ada.ok('POST', `${at}/appeal`, { note: 'it is meant to be' });
  assert.deepEqual(appealed.reviews.map(({ round, reviewer, reason }) =>
      [round, reviewer.name, reason]),
                   [[2, second.person.name, null],
                    [1, first.person.name, 'the boat is cut off']]);
  assert.equal((await first.post(`${at}/decision`, { decision: 'approve' })).status, 400);
  const approved = await second.ok('POST', `${at}/decision`, { decision: 'approve' });
  assert.equal(approved.state, 'approved');

  const later = Math.floor(Date.now() / 1000) + 3600;
  const embargoed = await ada.ok('POST', `${at}/share`, { embargo_until: later });
  assert.equal((await askKey(null, 'GET', `/shared/${embargoed.share.id}`)).status, 404);
  await ada.ok('DELETE', `${at}/share`);
  const { share } = await ada.ok('POST', `${at}/share`, { shows_author: true });
  const stranger = new Browser(server);
  const page = await stranger.ok('GET', `/shared/${share.id}`);
  assert.deepEqual([page.title, page.author, page.prompt], ['Boat', 'Ada', null]);
  assert.ok(!JSON.stringify(page).includes(video.id));
  const content = await stranger.get(`/shared/${share.id}/content`);
  assert.equal(readMp4(content.body).width, 128);
  assert.equal((await stranger.get(`/shared/${share.id}/content?variant=thumbnail`)).status, 200);
  assert.equal((await stranger.get(at)).status, 401);
  const found = await stranger.ok('GET', `/shared/${share.id}/provenance`);
  assert.deepEqual([found.made_here, found.manifest.state, 'origin' in found],
                   [true, 'trusted', false]);
  assert.deepEqual(await stranger.ok('GET', `/shared/${share.id}/provenance`), found);

  await ada.ok('DELETE', `${at}/share`);
  for (const where of ['', '/content', '/provenance']) {
    assert.equal((await stranger.get(`/shared/${share.id}${where}`)).status, 404);
  }
  assert.equal((await ada.ok('GET', '/clips')).data[0].state, 'approved');
});

test('an invitation works once, and of many who accept at once one wins', async () => {
  const { id, code } = await invite('partner');
  const look = await new Browser(server).ok('POST', '/invitations/check', { code });
  assert.equal(look.role, 'partner');
  const answers = await Promise.all(Array.from({ length: 6 }, (_, i) =>
    new Browser(server).post('/invitations/accept', { code, name: `racer ${i}`,
                                                      password: PASSWORD })));
  const statuses = answers.map(({ status }) => status).sort();
  assert.deepEqual(statuses, [200, 404, 404, 404, 404, 404]);
  const { data } = await admin.get('/admin/invitations');
  const accepted = data.find((each) => each.id === id);
  assert.equal(accepted.state, 'accepted');
  assert.match(accepted.person.name, /^racer \d$/);
  assert.ok(data.every((each) => !('code' in each)));
  const revoked = await invite('artist');
  assert.equal((await admin.delete(`/admin/invitations/${revoked.id}`)).state, 'revoked');
  const late = await new Browser(server).post('/invitations/check', { code: revoked.code });
  assert.equal(late.status, 404);
});

test('a session: cookie, token, origin; listed, ended, changed by a password', async () => {
  const bob = await join('Bob', 'artist');
  assert.match(bob.cookieLine, /^aozora_session=azs_\w+; Path=\/; Max-Age=604800; HttpOnly; /);
  assert.match(bob.cookieLine, /; SameSite=Lax$/);
  assert.equal((await bob.ok('GET', '/me')).name, 'Bob');
  assert.equal((await bob.ok('GET', '/session')).csrf_token, bob.token);
  const change = (headers) => bob.call('POST', '/terms/accept', { version: 0 }, headers);
  assert.equal((await change({})).status, 200);
  const refused = [{ origin: null }, { origin: 'https://evil.example' }, { origin: 'null' },
                   { 'x-csrf-token': null }, { 'x-csrf-token': 'a'.repeat(64) },
                   { origin: `${bob.origin}.evil.example` }];
  for (const headers of refused) {
    const { status, body } = await change(headers);
    assert.equal(status, 403, JSON.stringify(headers));
    assert.match(body.error.code, /^wrong_(origin|csrf_token)$/);
  }
  const foreign = await new Browser(server).post('/login', { name: 'Bob', password: PASSWORD },
                                                 { origin: 'https://evil.example' });
  assert.equal(foreign.status, 403, 'no site logs somebody in');

  const { browser: phone } = await login('Bob');
  const { data: sessions } = await bob.ok('GET', '/sessions');
  assert.equal(sessions.length, 2);
  const other = sessions.find(({ current }) => !current);
  await bob.ok('DELETE', `/sessions/${other.id}`);
  assert.equal((await phone.get('/me')).status, 401);
  const before = bob.cookie;
  await bob.ok('POST', '/password', { old_password: PASSWORD, password: 'another password' });
  assert.notEqual(bob.cookie, before);
  assert.equal((await bob.get('/me', { cookie: before })).status, 401);
  await bob.ok('POST', '/logout');
  assert.equal(bob.cookie, null);
  assert.equal((await bob.get('/me')).status, 401);
  assert.equal((await login('Bob')).status, 401);
  assert.equal((await login('Bob', 'another password')).status, 200);
});

test('guessing a password is held up, and says for how long', async () => {
  await join('Cleo', 'artist');
  // A check takes its time, and each wait is twice the one before: some try comes too early.
  const tries = [];
  while (tries.length < 15 && tries.at(-1)?.status !== 429) {
    tries.push(await login('Cleo', `wrong password ${tries.length}`));
  }
  assert.ok(tries.slice(0, 5).every(({ status }) => status === 401), 'the first five are free');
  assert.equal(tries.at(-1).status, 429);
  assert.ok(Number(tries.at(-1).headers.get('retry-after')) >= 1);
  assert.equal((await login('nobody of that name')).status, 401, 'looks as a wrong password');
});

test('an admin gives a link for a password, and another role', async () => {
  const dora = await join('Dora', 'artist');
  const made = await admin.post(`/admin/people/${dora.person.id}/password_link`);
  const set = (code) => new Browser(server).post('/password/reset',
                                                 { code, password: 'a fresh password' });
  assert.equal((await set(made.code)).status, 200);
  assert.equal((await set(made.code)).status, 404, 'once');
  assert.equal((await dora.get('/me')).status, 401, 'all sessions ended');
  const { browser } = await login('Dora', 'a fresh password');
  assert.equal((await browser.get('/reviews')).status, 403);
  const changed = await admin.post(`/admin/people/${dora.person.id}/role`,
                                   { body: { role: 'reviewer' } });
  assert.equal(changed.role, 'reviewer');
  assert.equal((await browser.get('/me')).status, 401, 'a role is decided at the login');
  const { browser: again } = await login('Dora', 'a fresh password');
  assert.deepEqual((await again.ok('GET', '/reviews')).data, []);
  await admin.post(`/admin/people/${dora.person.id}/role`, { body: { role: 'artist' } });
});

// Who may call what. The rest of the path is of nothing that exists: who may is told so, or that
// the body is not right; who may not is told that, whatever is there.
const EVERYBODY = ROLES, ADMIN = ['admin'], REVIEW = ['reviewer', 'admin'];
const PUBLISH = ['artist', 'partner', 'reviewer', 'admin'], RED = ['red_team', 'admin'];
const TABLE = {
  logout: EVERYBODY, getSession: EVERYBODY, listSessions: EVERYBODY, endSession: EVERYBODY,
  changePassword: EVERYBODY, acceptTerms: EVERYBODY, exportMe: EVERYBODY, deleteMe: EVERYBODY,
  setRole: ADMIN, setGrants: ADMIN, createPasswordLink: ADMIN, publishTerms: ADMIN, createInvitation: ADMIN,
  listInvitations: ADMIN, revokeInvitation: ADMIN,
  createClip: EVERYBODY, listClips: EVERYBODY, getClip: EVERYBODY, getClipContent: EVERYBODY,
  deleteClip: EVERYBODY, submitClip: PUBLISH, withdrawClip: PUBLISH, appealClip: PUBLISH,
  shareClip: PUBLISH, revokeShare: PUBLISH, decideClip: REVIEW, listReviews: REVIEW,
  giveFeedback: EVERYBODY, listFeedback: EVERYBODY, listScreening: EVERYBODY,
  fileFinding: RED, listFindings: RED, listCredits: EVERYBODY, exportCredits: EVERYBODY,
  listOwnGrants: EVERYBODY, listOverdueReviews: ADMIN, assignReview: ADMIN, flagVideo: ADMIN,
  getReviewSettings: ADMIN, setReviewSettings: ADMIN, setFindingState: ADMIN, addCredit: ADMIN,
  getCreditAmounts: ADMIN, setCreditAmounts: ADMIN, giveGrant: ADMIN, listGrants: ADMIN,
  revokeGrant: ADMIN, listAllClips: ADMIN, addToScreening: ADMIN, removeFromScreening: ADMIN,
  listStops: ADMIN, setStop: ADMIN, verifyFile: EVERYBODY,
  createPerson: ADMIN, listPeople: ADMIN, createKey: ADMIN, listKeys: ADMIN, revokeKey: ADMIN,
};
const OPEN = ['login', 'checkInvitation', 'acceptInvitation', 'resetPassword', 'getTerms',
              'getShared', 'getSharedContent', 'getSharedProvenance', 'getNotice',
              'getRootCertificate'];

test('every role against every route of people and the programme', async (t) => {
  const contract = new Contract();
  const routes = contract.routes();
  const first = routes.findIndex(({ name }) => name === 'login');
  for (const { name } of routes.slice(first)) {
    assert.ok(name in TABLE || OPEN.includes(name), `${name} is not in the table`);
  }
  const keys = {}, weak = {};
  for (const role of ROLES) {
    const { person } = await join(`every ${role}`, role);
    keys[role] = await keyFor(person.id);
    weak[role] = await keyFor(person.id, ['videos:read']);
  }
  let denied = 0, allowed = 0;
  for (const [name, roles] of Object.entries(TABLE)) {
    const route = routes.find((each) => each.name === name);
    const where = route.path.replace(/\{\w+\}/g, 'nothing');
    const body = route.takesBody ? {} : undefined;
    assert.equal((await askKey(null, route.method, where, body)).status, 401, name);
    for (const role of ROLES) {
      const { status, body: shown } = await askKey(keys[role], route.method, where, body);
      if (roles.includes(role)) {
        ++allowed;
        assert.ok([200, 400, 404, 415].includes(status), `${role} ${name}: ${status}`);
      } else {
        ++denied;
        assert.equal(status, 403, `${role} ${name}`);
        assert.equal(shown.error.code, 'role_may_not', `${role} ${name}`);
      }
      // The role is not enough: a key needs the scope too.
      if (route.method === 'GET') continue;
      const bare = await askKey(weak[role], route.method, where, body);
      assert.equal(bare.status, 403, `${role} ${name} with a key that only reads`);
    }
  }
  for (const name of OPEN) {
    const route = routes.find((each) => each.name === name);
    const where = route.path.replace(/\{\w+\}/g, 'nothing');
    const { status } = await askKey(null, route.method, where, route.takesBody ? {} : undefined);
    assert.ok([200, 400, 404].includes(status), `${name}: ${status}`);
  }
  t.diagnostic(`${allowed} allowed, ${denied} denied`);
});

test('feedback, findings, credits and their signed export', async () => {
  const eve = await join('Eve', 'artist'), red = await join('Red', 'red_team');
  const video = await makeVideo(eve);
  const clip = await eve.ok('POST', '/clips', { video_id: video.id });
  const at = `/clips/${clip.id}`;
  await eve.ok('POST', `${at}/submit`, {});
  await eve.ok('POST', `${at}/withdraw`);
  const { reviews } = await eve.ok('POST', `${at}/submit`, {});
  const me = await admin.get('/me');
  const asked = await admin.post(`/admin/reviews/${reviews[0].id}/reviewer`,
                                 { body: { reviewer_id: me.id } });
  assert.equal(asked.reviews[0].reviewer.name, 'admin');
  assert.equal((await admin.get('/reviews')).data[0].clip.id, clip.id);
  assert.deepEqual((await admin.get('/admin/reviews/overdue')).data, []);
  await admin.post('/admin/flags', { body: { video_id: video.id, reason: 'too much skin' } });
  const one = await admin.post(`${at}/decision`, { body: { decision: 'approve' } });
  assert.equal(one.state, 'submitted', 'what is flagged needs two');
  const two = one.reviews.find(({ decision }) => decision === 'pending').reviewer.name;
  const { browser: reviewer } = await login(two);
  await reviewer.ok('POST', `${at}/decision`, { decision: 'approve' });

  assert.equal((await red.get(at)).status, 404);
  const all = await admin.get('/admin/clips', { query: { limit: 1 } });
  assert.deepEqual([all.data.length, all.first_id, all.has_more], [1, clip.id, true]);
  const next = await admin.get('/admin/clips', { query: { limit: 1, after: all.last_id } });
  assert.equal(next.data[0].title, 'Boat', 'the one of the whole story');
  const { data: approved } = await admin.get('/admin/clips', { query: { state: 'approved' } });
  assert.ok(approved.some(({ id }) => id === clip.id));
  assert.ok(approved.every(({ state }) => state === 'approved'));
  await assert.rejects(admin.get('/admin/clips', { query: { state: 'good' } }),
                       { status: 400, param: 'state' });
  await assert.rejects(admin.get('/admin/clips', { query: { after: 'clip_none' } }),
                       { status: 400, param: 'after' });
  await admin.post('/admin/screening', { body: { clip_id: clip.id } });
  const { data: screened } = await red.ok('GET', '/screening');
  assert.deepEqual(screened.map(({ id }) => id), [clip.id]);
  assert.deepEqual([screened[0].video.prompt, screened[0].reviews], [null, []]);
  const said = await red.ok('POST', `${at}/feedback`, { text: 'a fine boat', rating: 5 });
  const [heard] = (await eve.ok('GET', `${at}/feedback`)).data;
  assert.deepEqual([heard.id, heard.person.name], [said.id, 'Red']);
  const finding = await red.ok('POST', '/findings', {
    clip_id: clip.id, title: 'a boat', text: 'there should be none', severity: 'high' });
  const [found] = (await admin.get('/findings')).data;
  assert.deepEqual([found.id, found.person], [finding.id, { id: red.person.id, name: 'Red' }]);
  await admin.post(`/admin/findings/${finding.id}/state`, { body: { state: 'confirmed' } });
  assert.equal((await red.ok('GET', '/findings')).data[0].state, 'confirmed');
  await admin.post('/admin/credit_amounts', { body: { experiment: 7 } });
  assert.equal((await admin.get('/admin/credit_amounts')).experiment, 7);
  const added = await admin.post('/admin/credits', {
    body: { person_id: red.person.id, kind: 'experiment', amount: 7, note: 'colours' } });
  assert.equal(added.person.name, 'Red');
  const account = await red.ok('GET', '/credits');
  assert.deepEqual(account.totals, { feedback: 1, finding: 10, review: 0, experiment: 7 });
  assert.equal(account.total, 18);

  const made = await red.ok('GET', '/credits/export');
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'),
                              Buffer.from(made.public_key, 'base64')]);
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const signature = Buffer.from(made.signature, 'base64');
  assert.ok(verify(null, Buffer.from(made.document), key, signature));
  assert.ok(!verify(null, Buffer.from(made.document.replace('18', '81')), key, signature));
  assert.equal(JSON.parse(made.document).total, 18);
  await admin.delete(`/admin/screening/${clip.id}`);
  const settings = await admin.post('/admin/review_settings', { body: { due_hours: 24 } });
  assert.equal(settings.due_hours, 24);
  assert.equal((await admin.get('/admin/review_settings')).due_hours, 24);
});

test('why a video is flagged is told to those who review, and to nobody else', async () => {
  for (const role of ['artist', 'reviewer']) {
    const author = await join(`flagged ${role}`, role);
    const video = await makeVideo(author, 'a machete attack in the fog');
    const clip = await author.ok('POST', '/clips', { video_id: video.id });
    await admin.post('/admin/flags', { body: { video_id: video.id, reason: 'seen elsewhere' } });
    const { flagged, flags } = await admin.get(`/clips/${clip.id}`);
    assert.ok(flagged);
    assert.deepEqual(flags.map(({ source, category, severity, text, reason }) =>
        [source, category, severity, text, reason]), [
      ['prompt', 'violence', 'medium', 'machete attack', 'violence.terms'],
      ['person', null, null, null, 'seen elsewhere'],
    ]);
    const own = await author.ok('GET', `/clips/${clip.id}`);
    assert.deepEqual([own.flagged, own.flags], [true, null], 'whatever their role');
  }
});

test('a grant is on top of the limit of a day, and ends when it is revoked', async () => {
  const person = await admin.post('/admin/people', {
    body: { name: 'Finn', role: 'partner', grants: { seconds_per_day: 1 } } });
  const apiKey = await keyFor(person.id, ['videos:read', 'videos:write']);
  const finn = clientOf(server, { apiKey });
  const create = () => finn.videos.create({ prompt: 'a red boat', ...SMALL });
  await create();
  const full = { status: 429, code: 'insufficient_quota' };
  await assert.rejects(create(), full);
  const grant = await admin.post('/admin/grants', {
    body: { person_id: person.id, seconds_per_day: 1,
            ends_at: Math.floor(Date.now() / 1000) + 3600 } });
  await create();
  await assert.rejects(create(), full);
  assert.equal((await finn.get('/grants')).data[0].id, grant.id);
  assert.equal((await admin.get('/admin/grants')).data.find(({ id }) => id === grant.id).person.name,
               'Finn');
  assert.ok((await admin.delete(`/admin/grants/${grant.id}`)).revoked_at > 0);
});

test('everything about oneself is given out, and then removed', async () => {
  const gus = await join('Gus', 'artist');
  const video = await makeVideo(gus);
  const clip = await gus.ok('POST', '/clips', { video_id: video.id, title: 'Mine' });
  const spare = await makeVideo(gus);
  const draft = await gus.ok('POST', '/clips', { video_id: spare.id });
  assert.ok((await gus.ok('DELETE', `/clips/${draft.id}`)).deleted);
  const folder = await gus.ok('POST', '/folders', { name: 'Kept' });
  await gus.ok('POST', `/folders/${folder.id}/videos`, { video_ids: [video.id] });
  const own = await gus.ok('GET', '/me/export');
  assert.equal(own.clips[0].title, 'Mine');
  assert.deepEqual([own.folders[0].name, own.folder_videos[0].video_id], ['Kept', video.id]);
  assert.ok(own.file_list.includes(`/v1/videos/${video.id}/content`));
  assert.doesNotMatch(JSON.stringify(own), /argon2|secret_sha256|password_hash/);
  assert.equal((await gus.post('/me/delete', { name: 'somebody else' })).status, 400);
  assert.ok((await gus.ok('POST', '/me/delete', { name: 'Gus' })).deleted);
  assert.equal((await gus.get('/me')).status, 401);
  assert.equal((await login('Gus')).status, 401);
  await assert.rejects(admin.get(`/clips/${clip.id}`), { status: 404 });
  assert.ok(!(await admin.get('/admin/people')).data.some(({ name }) => name === 'Gus'));
  assert.match(await server.admin('verify-audit'), /unbroken/);
});

test('the operator invites, grants, sets roles and passwords on the machine itself', async () => {
  const code = await server.admin('invite', '--role', 'red_team', '--for', 'Hal', '--days', '2');
  const hal = new Browser(server);
  const { person } = await hal.ok('POST', '/invitations/accept',
                                  { code, name: 'Hal', password: PASSWORD });
  assert.equal(person.role, 'red_team');
  await server.admin('person', 'role', 'Hal', 'partner');
  assert.equal((await hal.get('/me')).status, 401);
  const link = await server.admin('password-link', 'Hal');
  await hal.ok('POST', '/password/reset', { code: link, password: 'a third password' });
  const { browser } = await login('Hal', 'a third password');
  const grant = await server.admin('grant', 'Hal', '30', '--days', '7');
  assert.equal((await browser.ok('GET', '/grants')).data[0].id, grant);
  assert.equal(await server.admin('terms'), 'version 0');
});

test('no new video before the newest terms are accepted', async () => {
  const ivy = await join('Ivy', 'artist');
  const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'aozora-terms-')), 'terms.md');
  writeFileSync(file, 'Be kind.');
  assert.equal(await server.admin('terms', file), 'version 1');
  const create = () => ivy.post('/videos', { prompt: 'a red boat', ...SMALL });
  const refused = await create();
  assert.deepEqual([refused.status, refused.body.error.code], [403, 'terms_not_accepted']);
  assert.equal((await ivy.get('/videos')).status, 200, 'all else goes on');
  const { version, text } = await ivy.ok('GET', '/terms');
  assert.equal(text, 'Be kind.');
  assert.equal((await ivy.post('/terms/accept', { version: version + 1 })).status, 400);
  await ivy.ok('POST', '/terms/accept', { version });
  assert.equal((await ivy.ok('GET', '/session')).terms_accepted, true);
  assert.equal((await create()).status, 200);
  await admin.post('/admin/terms', { body: { text: 'Be kinder.' } });
  assert.equal((await create()).status, 403, 'a new version asks again');
  const jo = await join('Jo', 'artist');
  assert.equal((await jo.post('/videos', { prompt: 'a red boat', ...SMALL })).status, 200,
               'who accepts an invitation has seen them');
});
