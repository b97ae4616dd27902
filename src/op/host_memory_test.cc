// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <cstring>
#include <thread>
#include <vector>

#include "base/units.h"
#include "op/backend.h"

namespace aozora::op {
namespace {

TEST(HostMemory, IsAlignedAndWritable) {
  const std::unique_ptr<Memory> memory = MakeHostMemory();
  for (const uint64_t bytes :
       {uint64_t{0}, uint64_t{1}, uint64_t{63}, uint64_t{65}, 1_MiB, 2_MiB - 1, 2_MiB, 5_MiB + 3}) {
    void* const data = memory->Allocate(bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(data) % 64, 0u) << bytes;
    std::memset(data, 0xab, bytes);
    memory->Free(data, bytes);
  }
}

TEST(HostMemory, CountsWhatIsInUseAndItsPeak) {
  const std::unique_ptr<Memory> memory = MakeHostMemory();
  EXPECT_EQ(memory->bytes_in_use(), 0u);
  void* const a = memory->Allocate(1000);
  void* const b = memory->Allocate(5000);
  const uint64_t both = memory->bytes_in_use();
  EXPECT_GE(both, 6000u);
  EXPECT_LE(both, 6000u + 2 * 64);  // rounded up to the alignment
  memory->Free(b, 5000);
  EXPECT_GE(memory->bytes_in_use(), 1000u);
  EXPECT_LT(memory->bytes_in_use(), 2000u);
  EXPECT_EQ(memory->bytes_peak(), both);
  memory->ResetPeak();
  EXPECT_EQ(memory->bytes_peak(), memory->bytes_in_use());
  memory->Free(a, 1000);
  EXPECT_EQ(memory->bytes_in_use(), 0u);
}

TEST(HostMemory, ReusesABufferOfAboutTheSameSize) {
  const std::unique_ptr<Memory> memory = MakeHostMemory();
  void* const first = memory->Allocate(1_MiB);
  memory->Free(first, 1_MiB);
  void* const again = memory->Allocate(1_MiB - 100_KiB);
  EXPECT_EQ(again, first);
  EXPECT_GE(memory->bytes_in_use(), 1_MiB);  // the whole buffer is taken
  memory->Free(again, 1_MiB - 100_KiB);
}

TEST(HostMemory, DoesNotWasteALargeBufferOnASmallRequest) {
  const std::unique_ptr<Memory> memory = MakeHostMemory();
  void* const large = memory->Allocate(1_MiB);
  memory->Free(large, 1_MiB);
  void* const small = memory->Allocate(512_KiB);
  EXPECT_NE(small, large);
  EXPECT_EQ(memory->bytes_in_use(), 512_KiB);
  memory->Free(small, 512_KiB);
}

TEST(HostMemory, TrimLeavesWhatIsInUse) {
  const std::unique_ptr<Memory> memory = MakeHostMemory();
  auto* const used = static_cast<char*>(memory->Allocate(4096));
  void* const unused = memory->Allocate(8192);
  used[4095] = 7;
  memory->Free(unused, 8192);
  memory->Trim();
  EXPECT_EQ(used[4095], 7);  // under ASan, a freed buffer would say so
  EXPECT_EQ(memory->bytes_in_use(), 4096u);
  memory->Free(used, 4096);
}

TEST(HostMemory, CopiesBothWays) {
  const std::unique_ptr<Memory> memory = MakeHostMemory();
  const std::vector<int> in = {1, 2, 3};
  std::vector<int> out(3);
  void* const data = memory->Allocate(12);
  memory->CopyIn(data, in.data(), 12);
  memory->CopyOut(out.data(), data, 12);
  memory->CopyIn(data, nullptr, 0);
  memory->CopyOut(nullptr, data, 0);
  EXPECT_EQ(out, in);
  memory->Free(data, 12);
}

TEST(HostMemory, ManyThreadsMayUseIt) {
  const std::unique_ptr<Memory> memory = MakeHostMemory();
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&memory, thread] {
      for (uint64_t i = 1; i <= 500; ++i) {
        const uint64_t bytes = i % 17 * 64 + 64;
        auto* const data = static_cast<unsigned char*>(memory->Allocate(bytes));
        std::memset(data, thread, bytes);
        for (uint64_t at = 0; at < bytes; ++at) ASSERT_EQ(data[at], thread);
        memory->Free(data, bytes);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(memory->bytes_in_use(), 0u);
}

TEST(HostMemoryDeathTest, FreeingAStrangersMemoryIsABug) {
  const std::unique_ptr<Memory> memory = MakeHostMemory();
  int other = 0;
  EXPECT_DEATH(memory->Free(&other, 4), "sizes_.end");
}

TEST(HostMemoryDeathTest, WhatIsNotGivenBackIsABug) {
  EXPECT_DEATH(MakeHostMemory()->Allocate(64), "bytes_in_use_");
}

}  // namespace
}  // namespace aozora::op
