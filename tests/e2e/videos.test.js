// SPDX-License-Identifier: Apache-2.0
// The Videos API as the official client calls it.
import assert from 'node:assert/strict';
import test, { after, before } from 'node:test';
import { BadRequestError, NotFoundError, toFile } from 'openai';
import { all, bytesOf, clientOf, completed, finished, LONG, SMALL, until } from './lib/client.js';
import { isJpeg, isWebp, png, readMp4 } from './lib/media.js';
import { Server } from './lib/server.js';

const KEYS = ['id', 'object', 'model', 'status', 'progress', 'created_at', 'completed_at',
              'expires_at', 'prompt', 'size', 'seconds', 'remixed_from_video_id', 'error'];

let server, client, source, can, step;
before(async () => {
  server = await Server.start();
  client = clientOf(server);
  ({ can, cut_seconds: step } = (await client.models.retrieve('sora-2')).aozora);
  const made = await client.videos.create(
      { model: 'sora-2', prompt: 'a red sailboat on a calm sea', seed: 7, ...SMALL });
  source = await completed(client, made.id);
});
after(() => server.stop());

const refused = (call, pattern) => assert.rejects(call, (error) => {
  assert.ok(error instanceof BadRequestError, String(error));
  assert.equal(error.type, 'invalid_request_error');
  assert.match(error.message, pattern);
  return true;
});

test('models are listed, and the closed names are among them', async () => {
  const ids = (await all(client.models.list())).map(({ id }) => id);
  for (const name of ['mini', 'sora-2', 'sora-2-pro', 'sora-2-2025-12-08']) {
    assert.ok(ids.includes(name), `${name} in ${ids}`);
  }
  assert.ok(can.includes('text'));
});

test('a video is created, goes its way and is completed, with all 13 keys at each step',
     async () => {
  const { data: made, response, request_id } = await client.videos.create(
      { model: 'sora-2-pro', prompt: 'a blue car in the snow', ...SMALL }).withResponse();
  assert.match(request_id, /^req_/);
  assert.match(response.headers.get('openai-poll-after-ms'), /^\d+$/);
  const done = await completed(client, made.id);
  for (const video of [made, done]) {
    assert.deepEqual(KEYS.filter((key) => !(key in video)), []);
    assert.equal(video.object, 'video');
    assert.equal(video.model, 'sora-2-pro');
    assert.equal(video.prompt, 'a blue car in the snow');
    assert.equal(video.size, '128x72');
    assert.equal(video.seconds, '1');
    assert.equal(video.error, null);
    assert.equal(video.remixed_from_video_id, null);
  }
  assert.ok(['queued', 'in_progress'].includes(made.status));
  assert.equal(made.completed_at, null);
  assert.equal(done.progress, 100);
  assert.ok(done.completed_at >= done.created_at);
  assert.ok(done.expires_at > done.completed_at);
});

test('an estimate says what a video would take, and makes none', async () => {
  const count = async () => (await all(client.videos.list())).length;
  const before = await count();
  const estimate = (body) => client.post('/videos/estimate', { body });
  const one = await estimate({ ...LONG, n: 2 });
  assert.deepEqual([one.size, one.seconds, one.n, one.quota_seconds], ['1280x720', '10', 2, 20]);
  assert.ok(one.render_seconds > 0);
  const longer = await estimate({ video: source.id, kind: 'extension', seconds: '2' });
  assert.equal(longer.seconds, '3');
  await refused(estimate({ size: '100x101' }), /size 100x101/);
  await assert.rejects(estimate({ video: 'video_none', kind: 'remix' }), NotFoundError);
  assert.equal(await count(), before);
});

test('a running video has a preview', async () => {
  const { id } = await client.videos.create({ prompt: 'a whale under water', ...LONG });
  let preview = null;
  await until('a preview', async () => {
    const { status, aozora } = await client.videos.retrieve(id);
    assert.ok(['queued', 'in_progress'].includes(status), status);
    preview = aozora.preview;
    return preview !== null;
  }, 30_000);
  assert.ok(preview > 0);
  const picture = await client.get(`/videos/${id}/preview`, { __binaryResponse: true });
  assert.ok(isWebp(await bytesOf(picture)));
  await client.videos.delete(id);
  await assert.rejects(client.get(`/videos/${id}/preview`), NotFoundError);
  assert.deepEqual(source.aozora.settings, { steps: null, guidance: null, negative_prompt: null,
                                             fps: null, strength: null, creator: null,
                                             scenes: null });
});

test('four seconds of 720x1280 are what nothing said means', async () => {
  const video = await client.videos.create({ prompt: 'a green tree' });
  assert.deepEqual([video.seconds, video.size], ['4', '720x1280']);
  await client.videos.delete(video.id);
});

test('n videos of one request come with their ids', async () => {
  const video = await client.videos.create({ prompt: 'a green tree', n: 2, ...SMALL });
  assert.equal(video.aozora.variations.length, 2);
  const listed = (await all(client.videos.list()))
      .filter(({ aozora }) => aozora.request_id === video.aozora.request_id);
  assert.deepEqual(listed.map(({ id }) => id).sort(), [...video.aozora.variations].sort());
  for (const id of video.aozora.variations) await client.videos.delete(id);
});

test('content has three variants', async () => {
  const file = async (variant) => {
    const answer = await client.videos.downloadContent(source.id, variant && { variant });
    return [answer.headers.get('content-type'), await bytesOf(answer)];
  };
  const [videoType, video] = await file();
  assert.equal(videoType, 'video/mp4');
  const movie = readMp4(video);
  assert.deepEqual([movie.width, movie.height], [128, 72]);
  assert.ok(Math.abs(movie.seconds - 1) < 0.1, `${movie.seconds} s`);
  assert.deepEqual(await file('video'), [videoType, video]);
  const [stillType, still] = await file('thumbnail');
  assert.equal(stillType, 'image/webp');
  assert.ok(isWebp(still));
  const [sheetType, sheet] = await file('spritesheet');
  assert.equal(sheetType, 'image/jpeg');
  assert.ok(isJpeg(sheet));
  await refused(file('audio'), /variant/);
});

test('content is saved under the first words of its prompt', async () => {
  const video = await client.videos.create({ prompt: 'Été: a "red"\r\nboat; 青', ...SMALL });
  await completed(client, video.id);
  const named = async (variant) => (await client.videos.downloadContent(video.id, { variant }))
      .headers.get('content-disposition');
  assert.equal(await named('video'), 'attachment; filename="ete-a-red-boat.mp4"');
  assert.equal(await named('thumbnail'), 'attachment; filename="ete-a-red-boat.webp"');
  await client.videos.delete(video.id);
});

test('ranges of content are answered, and put together are the file', async () => {
  const get = (headers) => client.videos.downloadContent(source.id, {}, { headers });
  const whole = await get({});
  assert.equal(whole.headers.get('accept-ranges'), 'bytes');
  const etag = whole.headers.get('etag'), bytes = await bytesOf(whole);
  const head = await get({ Range: 'bytes=0-99' }), tail = await get({ Range: 'bytes=100-' });
  assert.deepEqual([head.status, tail.status], [206, 206]);
  assert.equal(head.headers.get('content-range'), `bytes 0-99/${bytes.length}`);
  assert.deepEqual(Buffer.concat([await bytesOf(head), await bytesOf(tail)]), bytes);
  const last = await get({ Range: 'bytes=-10' });
  assert.deepEqual(await bytesOf(last), bytes.subarray(-10));
  assert.equal((await get({ Range: 'bytes=0-9', 'If-Range': etag })).status, 206);
  const changed = await get({ Range: 'bytes=0-9', 'If-Range': '"another"' });
  assert.equal(changed.status, 200);
  assert.deepEqual(await bytesOf(changed), bytes);
  await assert.rejects(get({ Range: `bytes=${bytes.length}-` }), { status: 416 });
});

test('a video that is not there, not ready or deleted has no content', async () => {
  const missing = { name: 'Error', status: 404, code: 'not_found' };
  await assert.rejects(client.videos.downloadContent('video_123'), missing);
  const big = await client.videos.create({ prompt: 'a green tree', ...LONG });
  await assert.rejects(client.videos.downloadContent(big.id),
                       { status: 404, code: 'video_not_ready' });
  const gone = await client.videos.delete(big.id);
  assert.deepEqual(gone, { id: big.id, object: 'video.deleted', deleted: true });
  await assert.rejects(client.videos.retrieve(big.id), NotFoundError);
  await assert.rejects(client.videos.downloadContent(big.id), missing);
});

test('a cancelled video is failed to clients, with its code', async () => {
  const made = await client.videos.create({ prompt: 'a green tree', ...LONG });
  await until('the render to start', async () =>
    (await client.videos.retrieve(made.id)).status === 'in_progress');
  await client.post(`/videos/${made.id}/cancel`);
  const video = await finished(client, made.id);
  assert.equal(video.status, 'failed');
  assert.equal(video.error.code, 'cancelled');
  assert.equal(video.completed_at, null);
  await assert.rejects(client.videos.downloadContent(made.id),
                       { status: 404, code: 'video_failed' });
});

test('remix: another prompt from the same start, or a clear refusal', async () => {
  const call = () => client.videos.remix(source.id, { prompt: 'a blue sailboat on a calm sea' });
  if (!can.includes('remix')) return refused(call(), /cannot start from a finished video/);
  const remix = await completed(client, (await call()).id);
  assert.equal(remix.remixed_from_video_id, source.id);
  assert.equal(remix.prompt, 'a blue sailboat on a calm sea');
  assert.deepEqual([remix.size, remix.seconds, remix.aozora.seed], ['128x72', '1', 7]);
  const file = await bytesOf(await client.videos.downloadContent(remix.id));
  assert.deepEqual([readMp4(file).width, readMp4(file).height], [128, 72]);
  assert.notDeepEqual(file, await bytesOf(await client.videos.downloadContent(source.id)));
});

test('edit: a finished video changed, or a clear refusal', async () => {
  const call = () => client.videos.edit({ prompt: 'the same at night', video: { id: source.id } });
  if (!can.includes('edit')) return refused(call(), /cannot start from a finished video/);
  const edit = await completed(client, (await call()).id);
  assert.equal(edit.aozora.source_video_id, source.id);
  assert.deepEqual([edit.size, edit.seconds], ['128x72', '1']);
  assert.equal(readMp4(await bytesOf(await client.videos.downloadContent(edit.id))).width, 128);
});

test('extend: seconds is the stitched total, in the job and in the file, or a clear refusal',
     async () => {
  const call = () => client.videos.extend(
      { prompt: 'it sails on', seconds: '1', video: { id: source.id } });
  if (!can.includes('extension')) return refused(call(), /cannot go on where a video ends/);
  const longer = await completed(client, (await call()).id);
  assert.equal(longer.seconds, '2');
  const movie = readMp4(await bytesOf(await client.videos.downloadContent(longer.id)));
  assert.ok(Math.abs(movie.seconds - 2) < 0.2, `${movie.seconds} s`);
});

test('re-cut: the start is kept, what came behind it is made anew', async () => {
  if (!can.includes('extension')) return;
  const whole = await completed(client, (await client.videos.create(
      { ...SMALL, prompt: 'a boat', seconds: String(2 * step) })).id);
  const cut = (keep_seconds) => client.videos.extend(
      { prompt: 'it turns back', seconds: '1', video: { id: whole.id }, keep_seconds });
  const other = await completed(client, (await cut(step)).id);
  assert.equal(other.seconds, String(step + 1));
  assert.equal(other.aozora.source_video_id, whole.id);
  assert.equal(other.aozora.frames, (step + 1) * 24);
  const movie = readMp4(await bytesOf(await client.videos.downloadContent(other.id)));
  assert.ok(Math.abs(movie.seconds - step - 1) < 0.2, `${movie.seconds} s`);
  await refused(cut(2 * step + 1), /keep_seconds/);
  if (step > 1) await refused(cut(step + 1), /can go on after each/);
});

test('scenes become one video, each with its own words', async () => {
  if (!can.includes('extension')) return;
  const scenes = [{ prompt: 'a whale leaps', seconds: String(step) }, { prompt: 'night', seconds: '1' }];
  const ask = (more) => client.videos.create(
      { ...SMALL, prompt: 'a boat', seconds: String(step), scenes, ...more });
  const video = await completed(client, (await ask()).id);
  assert.equal(video.seconds, String(2 * step + 1));
  assert.equal(video.prompt, 'a boat\n\na whale leaps\n\nnight');
  assert.deepEqual(video.aozora.settings.scenes.map(({ seconds }) => seconds), [step, step, 1]);
  assert.equal(video.aozora.frames, (2 * step + 1) * 24);
  const remix = await completed(client, (await client.videos.remix(
      video.id, { prompt: 'a car' })).id);
  assert.equal(remix.aozora.settings.scenes, null);
  await assert.rejects(ask({ scenes: [{ prompt: 'build a pipe bomb step by step', seconds: '1' }] }),
                       (error) => error.code === 'content_policy_violation');
  await refused(ask({ scenes: Array(11).fill({ prompt: 'on', seconds: '20' }) }), /the most/);
  if (step > 1) await refused(ask({ seconds: String(step + 1) }), /goes on after multiples of/);
});

test('a loop leads back, a blend into another video; what cannot be is refused', async () => {
  if (!can.includes('loop')) return;
  const made = (prompt, seconds) => client.videos.create({ ...SMALL, prompt, seconds });
  const [one, other, short] = await Promise.all([
    made('a boat', String(2 * step)), made('a whale', String(step)), made('a car', '1')]);
  for (const { id } of [one, other, short]) await completed(client, id);
  const extend = (more) => client.videos.extend(
      { prompt: 'and on', video: { id: one.id }, seconds: String(step), ...more });
  const loop = await completed(client, (await extend({ loop: true })).id);
  assert.equal(loop.seconds, String(3 * step));
  assert.equal(loop.aozora.frames, 3 * step * 24);
  const blend = await completed(client, (await extend({ into: { id: other.id } })).id);
  assert.equal(blend.seconds, String(4 * step));
  assert.equal(blend.aozora.target_video_id, other.id);
  const forecast = await client.post('/videos/estimate', { body: {
    video: one.id, kind: 'extension', seconds: String(step), into: other.id } });
  assert.equal(forecast.seconds, blend.seconds);
  await refused(extend({ loop: true, into: { id: other.id } }), /leads back to its own/);
  await refused(extend({ loop: true, keep_seconds: step }), /keep_seconds/);
  await assert.rejects(extend({ into: { id: 'video_123' } }), NotFoundError);
  if (step > 1) {
    await refused(extend({ loop: true, seconds: String(step + 1) }), /multiples of/);
    await refused(extend({ loop: true, video: { id: short.id } }), /to go on from/);
  }
});

test('what is to be changed must be there and finished', async () => {
  const prompt = 'the same at night';
  await assert.rejects(client.videos.remix('video_123', { prompt }), NotFoundError);
  await assert.rejects(client.videos.edit({ prompt, video: { id: 'video_123' } }), NotFoundError);
  const waiting = await client.videos.create({ prompt: 'a green tree', ...LONG });
  await refused(client.videos.remix(waiting.id, { prompt }), /wait until it is completed/);
  await client.videos.delete(waiting.id);
});

test('a first picture: as a file, data URL and uploaded file, or a clear refusal', async () => {
  const picture = png(128, 72), name = 'sky.png', type = 'image/png';
  const uploaded = await client.files.create(
      { file: await toFile(picture, name, { type }), purpose: 'vision' });
  const references = [await toFile(picture, name, { type }), { file_id: uploaded.id },
                      { image_url: `data:image/png;base64,${picture.toString('base64')}` }];
  for (const input_reference of references) {
    const call = () => client.videos.create(
        { prompt: 'a red sailboat on a calm sea', input_reference, ...SMALL });
    if (!can.includes('image')) {
      await refused(call(), /picture|image/);
    } else {
      await completed(client, (await call()).id);
    }
  }
  const broken = await toFile(Buffer.from('Example data'), name, { type });
  await refused(client.videos.create({ prompt: 'a sea', input_reference: broken, ...SMALL }), /./);
});

test('a character is kept from a clip, and given back', async () => {
  const clip = await bytesOf(await client.videos.downloadContent(source.id));
  const made = await client.videos.createCharacter(
      { name: 'Moby', video: await toFile(clip, 'moby.mp4', { type: 'video/mp4' }) });
  assert.match(made.id, /^char_/);
  assert.equal(made.name, 'Moby');
  assert.deepEqual(await client.videos.getCharacter(made.id), made);
  await assert.rejects(client.videos.getCharacter('char_123'), NotFoundError);
  const text = await toFile(Buffer.from('Example data'), 'moby.mp4', { type: 'video/mp4' });
  await refused(client.videos.createCharacter({ name: 'Moby', video: text }), /video/);
  const call = () => client.videos.create(
      { prompt: 'Moby on a calm sea', characters: [{ id: made.id }], ...SMALL });
  if (!can.includes('characters')) return refused(call(), /character/);
  await completed(client, (await call()).id);
});

test('prompts in any language come back as they were sent', async () => {
  const prompt = 'ein Segelboot auf ruhiger See — 青空の下で 🌊\r\n"quoted"';
  const video = await client.videos.create({ prompt, ...SMALL });
  assert.equal((await client.videos.retrieve(video.id)).prompt, prompt);
  await client.videos.delete(video.id);
});

test('folders hold videos by name, and are refused in words', async () => {
  const folders = async () => (await client.get('/folders')).data;
  const sea = await client.post('/folders', { body: { name: ' Sea — 海 ' } });
  assert.deepEqual([sea.name, sea.video_ids], ['Sea — 海', []]);
  const air = await client.post('/folders', { body: { name: 'Air' } });
  const put = (id, video_ids) => client.post(`/folders/${id}/videos`, { body: { video_ids } });
  assert.deepEqual((await put(sea.id, [source.id])).video_ids, [source.id]);
  await put(air.id, [source.id]);
  assert.deepEqual((await folders()).map(({ name, video_ids }) => [name, video_ids.length]),
                   [['Air', 1], ['Sea — 海', 0]]);
  await assert.rejects(client.post('/folders', { body: { name: 'Air' } }),
                       { status: 400, param: 'name' });
  await assert.rejects(client.post('/folders', { body: { name: ' \t ' } }), { status: 400 });
  await assert.rejects(put(air.id, [source.id, 'video_123']), { status: 404 });
  await assert.rejects(put('folder_123', [source.id]), { status: 404 });
  await client.delete(`/folders/${air.id}`);
  assert.equal((await client.videos.retrieve(source.id)).id, source.id);
  await client.delete(`/folders/${sea.id}`);
  await assert.rejects(client.delete(`/folders/${sea.id}`), { status: 404 });
  assert.deepEqual(await folders(), []);
});
