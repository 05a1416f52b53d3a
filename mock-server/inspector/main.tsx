/** The inspector page of a mock operator. */

import { render } from 'preact';
import { App } from './app.tsx';

const element = document.getElementById('page');
if (element !== null) render(<App />, element);
