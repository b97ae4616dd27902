// SPDX-License-Identifier: Apache-2.0
// Names and values, a line each.
import './facts.css';

export const Facts = ({ facts }: { facts: readonly [string, string][] }) => (
  <dl class="facts small">
    {facts.map(([name, value]) => (
      <div key={name}>
        <dt>{name}</dt>
        <dd class="numbers">{value}</dd>
      </div>
    ))}
  </dl>
);
