// SPDX-License-Identifier: Apache-2.0
// The picture of a film at a moment, as a data URL.

function seeked(film: HTMLVideoElement, at: number): Promise<void> {
  if (Math.abs(film.currentTime - at) < 1e-3 && !film.seeking && film.readyState >= 2)
    return Promise.resolve();
  return new Promise((resolve) => {
    film.addEventListener('seeked', () => resolve(), { once: true });
    film.currentTime = at;
  });
}

export async function grabFrame(film: HTMLVideoElement | null, at: number): Promise<string | null> {
  if (film === null) return null;
  await seeked(film, at);
  const canvas = document.createElement('canvas');
  canvas.width = film.videoWidth;
  canvas.height = film.videoHeight;
  const context = canvas.getContext('2d');
  if (context === null || canvas.width === 0) return null;
  context.drawImage(film, 0, 0);
  return canvas.toDataURL('image/png');
}
