// SPDX-License-Identifier: Apache-2.0
// Makes the tokenizer of the embedded model: a SentencePiece unigram model of the world's captions
// in both languages. A program of its own, since Debian's libsentencepiece brings a protobuf that
// does not get along with that of libtorch and OpenCV in one process.
#include <fmt/core.h>
#include <sentencepiece_trainer.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/rng.h"
#include "world/caption.h"

namespace {

constexpr uint64_t kSceneCount = 60'000;  // two captions each
constexpr int kVocabulary = 3000;

class Sentences : public sentencepiece::SentenceIterator {
 public:
  explicit Sentences(const std::vector<std::string>& all) : all_(all) {}
  bool done() const override { return at_ == all_.size(); }
  void Next() override { ++at_; }
  const std::string& value() const override { return all_[at_]; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  const std::vector<std::string>& all_;
  size_t at_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "tokenizer FOLDER: writes FOLDER/tokenizer.model\n");
    return 2;
  }
  using namespace aozora;
  std::vector<std::string> sentences;
  for (uint64_t seed = 0; seed < kSceneCount; ++seed) {
    const world::Scene scene = world::SampleScene(seed);
    for (const world::Language language : world::kLanguages) {
      sentences.push_back(world::WriteCaption(scene, language, SplitSeed(seed, 9)).text);
    }
  }
  // Every word that captions can hold, so that none of them is broken for being rare.
  for (const world::Language language : world::kLanguages) {
    for (const std::string& word : world::KnownWords(language)) {
      for (int i = 0; i < 20; ++i) sentences.push_back(word);
    }
  }
  const std::filesystem::path prefix = std::filesystem::path(argv[1]) / "tokenizer";
  const std::string arguments = fmt::format(
      "--model_prefix={} --model_type=unigram --vocab_size={} --hard_vocab_limit=false "
      "--character_coverage=1.0 --normalization_rule_name=nmt_nfkc_cf --pad_id=0 "
      "--eos_id=1 --unk_id=2 --bos_id=-1 --num_threads=2 --minloglevel=2 "
      "--max_sentence_length=2048",
      prefix.string(), kVocabulary);
  Sentences iterator(sentences);
  const auto status = sentencepiece::SentencePieceTrainer::Train(arguments.c_str(), &iterator);
  if (!status.ok()) {
    fmt::print(stderr, "tokenizer: {}\n", status.ToString());
    return 1;
  }
  std::filesystem::remove(prefix.string() + ".vocab");
  fmt::print("{}.model from {} sentences\n", prefix.string(), sentences.size());
  return 0;
}
