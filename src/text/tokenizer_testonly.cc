// SPDX-License-Identifier: Apache-2.0
#include "text/tokenizer_testonly.h"

#include <sentencepiece_trainer.h>

#include <array>

#include "base/check.h"

namespace aozora {
namespace {

class Sentences : public sentencepiece::SentenceIterator {
 public:
  bool done() const override { return index_ == kRepetitions * kLines.size(); }
  void Next() override { SetLine(index_ + 1); }
  const std::string& value() const override { return line_; }
  sentencepiece::util::Status status() const override { return {}; }

 private:
  static constexpr size_t kRepetitions = 20;
  static constexpr std::array<std::string_view, 8> kLines = {
      "A red fox walks through fresh snow at dawn.",
      "Two old men play chess in the park while leaves fall.",
      "Waves break on the rocks below a white lighthouse.",
      "The camera moves slowly over a quiet lake between mountains.",
      "Ein kleiner Hund läuft über eine grüne Wiese.",
      "Un chat noir dort près de la fenêtre.",
      "青い空の下で子供が凧を揚げる。",
      "Снег падает на тихую улицу ночью.",
  };

  void SetLine(size_t index) {
    index_ = index;
    line_ = kLines[index % kLines.size()];
  }

  size_t index_ = 0;
  std::string line_{kLines[0]};
};

}  // namespace

std::string TrainTinyModel(std::string_view extra_options) {
  Sentences sentences;
  std::string model;
  const std::string options = fmt::format(
      // Of options given twice the first counts.
      "{} --vocab_size=384 --byte_fallback=true --pad_id=0 --eos_id=1 --unk_id=2 --bos_id=-1 "
      "--num_threads=1 --hard_vocab_limit=false --minloglevel=2",
      extra_options);
  CHECK(sentencepiece::SentencePieceTrainer::Train(options, &sentences, &model).ok());
  return model;
}

}  // namespace aozora
