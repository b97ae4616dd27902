// SPDX-License-Identifier: Apache-2.0
// All of the programme, over one store.
#pragma once

#include "programme/accounts.h"
#include "programme/clips.h"
#include "programme/contributions.h"
#include "programme/credits.h"
#include "programme/grants.h"
#include "programme/invitations.h"
#include "programme/own_data.h"
#include "programme/reviews.h"
#include "programme/sessions.h"
#include "programme/shares.h"
#include "programme/terms.h"

namespace aozora {

// Any thread.
struct Programme {
  explicit Programme(Ground on, PasswordCost cost = {}, LoginLimiter::Limits limits = {})
      : ground(on),
        accounts(on, cost, limits),
        sessions(on),
        terms(on),
        invitations(on, accounts),
        clips(on),
        reviews(on),
        shares(on),
        contributions(on),
        credits(on),
        grants(on),
        own_data(on) {}

  Ground ground;
  Accounts accounts;
  Sessions sessions;
  Terms terms;
  Invitations invitations;
  Clips clips;
  Reviews reviews;
  Shares shares;
  Contributions contributions;
  Credits credits;
  Grants grants;
  OwnDataDesk own_data;
};

}  // namespace aozora
