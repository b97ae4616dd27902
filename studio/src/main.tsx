// SPDX-License-Identifier: Apache-2.0
import './style/tokens.css';
import './style/base.css';
import { render } from 'preact';
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

const root = document.getElementById('app');
if (root !== null) render(<App />, root);
