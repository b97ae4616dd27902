// SPDX-License-Identifier: Apache-2.0

export type Parameters = Record<string, string>;

// "/video/:id" against "/video/video_1" gives { id: "video_1" }; null where it does not fit. A star
// at the end takes the rest.
export function match(pattern: string, path: string): Parameters | null {
  const wanted = partsOf(pattern);
  const given = partsOf(path);
  const parameters: Parameters = {};
  for (const [i, part] of wanted.entries()) {
    if (part === '*') {
      parameters['rest'] = given.slice(i).join('/');
      return parameters;
    }
    const value = given[i];
    if (value === undefined) return null;
    if (part.startsWith(':')) {
      const text = decoded(value);
      if (text === null) return null;
      parameters[part.slice(1)] = text;
    } else if (part !== value) {
      return null;
    }
  }
  return wanted.length === given.length ? parameters : null;
}

const partsOf = (path: string): string[] => path.split('/').filter((part) => part !== '');

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
