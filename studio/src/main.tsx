// SPDX-License-Identifier: Apache-2.0
import './style/tokens.css';
import './style/base.css';
import { render } from 'preact';
import { isObject } from './api/problem';
import { readKept } from './lib/kept';
import { followLocale } from './lib/locale';
import { followTheme } from './lib/theme';
import { startRouter } from './router/router';
import { loadSession } from './session/session';
import { App } from './shell/app';
import { startNotice } from './shell/notice';
import { startStore } from './videos/store';
import { startModels } from './models/models';
import { watchLeaving } from './videos/undo';

followTheme();
followLocale();
startRouter();
startStore();
startNotice();
startModels();
watchLeaving();
void loadSession();
// A storyboard that was under way goes on, on whichever page.
if (isObject(readKept('board.run')))
  void import('./pages/storyboard/runner').then(({ startRunner }) => startRunner());

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
