// SPDX-License-Identifier: Apache-2.0
import { createWords as words } from '../../words/create';

export default function CreatePage() {
  return <h1>{words('title')}</h1>;
}
