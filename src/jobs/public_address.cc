// SPDX-License-Identifier: Apache-2.0
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

#include "jobs/poster.h"

namespace aozora {
namespace {

using Address4 = std::array<uint8_t, 4>;
using Address6 = std::array<uint8_t, 16>;

template <size_t kSize>
bool Begins(const std::array<uint8_t, kSize>& address, const std::array<uint8_t, kSize>& prefix,
            size_t bit_count) {
  for (size_t bit = 0; bit < bit_count; ++bit) {
    const uint8_t mask = static_cast<uint8_t>(0x80 >> (bit % 8));
    if ((address[bit / 8] & mask) != (prefix[bit / 8] & mask)) return false;
  }
  return true;
}

// IANA IPv4 Special-Purpose Address Registry, and multicast: what is not globally reachable.
bool IsPublic(const Address4& address) {
  struct Block {
    Address4 prefix;
    size_t bit_count;
  };
  static constexpr std::array<Block, 15> kBlocks{{
      {{0, 0, 0, 0}, 8},        // this network
      {{10, 0, 0, 0}, 8},       // private
      {{100, 64, 0, 0}, 10},    // shared, behind carriers
      {{127, 0, 0, 0}, 8},      // loopback
      {{169, 254, 0, 0}, 16},   // link-local, and the metadata of clouds
      {{172, 16, 0, 0}, 12},    // private
      {{192, 0, 0, 0}, 24},     // protocol assignments
      {{192, 0, 2, 0}, 24},     // documentation
      {{192, 88, 99, 0}, 24},   // 6to4 relays
      {{192, 168, 0, 0}, 16},   // private
      {{198, 18, 0, 0}, 15},    // benchmarks
      {{198, 51, 100, 0}, 24},  // documentation
      {{203, 0, 113, 0}, 24},   // documentation
      {{224, 0, 0, 0}, 4},      // multicast
      {{240, 0, 0, 0}, 4},      // reserved, broadcast
  }};
  return std::none_of(kBlocks.begin(), kBlocks.end(), [&](const Block& block) {
    return Begins(address, block.prefix, block.bit_count);
  });
}

// Only what is handed out as global unicast, 2000::/3, without the special parts of it. Forms that
// carry an IPv4 address (mapped, 6to4, NAT64) stand outside of that, or are judged by what they
// carry.
bool IsPublic(const Address6& address) {
  const auto carried = [&](size_t at) {
    Address4 inner;
    std::copy_n(address.begin() + static_cast<std::ptrdiff_t>(at), 4, inner.begin());
    return inner;
  };
  if (Begins(address, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96)) {
    return IsPublic(carried(12));
  }
  if (Begins(address, {0, 0x64, 0xff, 0x9b}, 96)) return IsPublic(carried(12));  // NAT64
  if (Begins(address, {0x20, 0x02}, 16)) return IsPublic(carried(2));            // 6to4
  if (!Begins(address, {0x20}, 3)) return false;
  const bool protocol = Begins(address, {0x20, 0x01, 0, 0}, 23);  // Teredo, ORCHID, benchmarks
  const bool documentation =
      Begins(address, {0x20, 0x01, 0x0d, 0xb8}, 32) || Begins(address, {0x3f, 0xff, 0}, 20);
  return !protocol && !documentation;
}

}  // namespace

bool IsPublicAddress(std::string_view text) {
  const std::string address(text.substr(0, text.find('%')));  // without a zone
  Address4 four;
  if (inet_pton(AF_INET, address.c_str(), four.data()) == 1) return IsPublic(four);
  Address6 six;
  if (inet_pton(AF_INET6, address.c_str(), six.data()) == 1) return IsPublic(six);
  return false;
}

}  // namespace aozora
