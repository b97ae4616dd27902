// SPDX-License-Identifier: Apache-2.0
// Records of the tests, in three versions of one schema.
#pragma once

#include <array>
#include <string>

#include "store/record.h"

namespace aozora {

enum class Mood { kGood, kBad };
template <>
struct EnumNames<Mood> {
  static constexpr std::array<std::string_view, 2> kNames{"good", "bad"};
};

struct ShelfRecord {
  std::string id;

  static constexpr TableShape kTable{.name = "shelves", .key = "id"};
  static constexpr auto Fields() { return std::tuple(Field("id", &ShelfRecord::id)); }
};

struct NoteRecord {
  std::string shelf_id;
  int64_t number = 0;
  std::string title;
  std::optional<std::string> text;
  double weight = 0;
  Mood mood = Mood::kGood;
  bool pinned = false;
  Blob picture;

  static constexpr TableShape kTable{.name = "notes",
                                     .key = "shelf_id, number",
                                     .indexes = {{{"weight"}}},
                                     .uniques = {{{"title"}}},
                                     .references = {{"shelf_id shelves"}}};
  static constexpr auto Fields() {
    return std::tuple(Field("shelf_id", &NoteRecord::shelf_id),
                      Field("number", &NoteRecord::number), Field("title", &NoteRecord::title),
                      Field("text", &NoteRecord::text), Field("weight", &NoteRecord::weight),
                      Field("mood", &NoteRecord::mood), Field("pinned", &NoteRecord::pinned),
                      Field("picture", &NoteRecord::picture));
  }
  bool operator==(const NoteRecord&) const = default;
};

struct NoteTitle {
  using ViewOf = NoteRecord;
  int64_t number = 0;
  std::string title;

  static constexpr auto Fields() {
    return std::tuple(Field("number", &NoteTitle::number), Field("title", &NoteTitle::title));
  }
};

struct LineRecord {
  int64_t seq = 0;
  std::string text;

  static constexpr TableShape kTable{.name = "lines", .key = "seq", .key_is_sequence = true};
  static constexpr auto Fields() {
    return std::tuple(Field("seq", &LineRecord::seq), Field("text", &LineRecord::text));
  }
};

// "lines" as a newer program knows it.
struct LongLineRecord {
  int64_t seq = 0;
  std::string text;
  std::string author = "nobody's";
  int64_t length = -1;

  static constexpr TableShape kTable{
      .name = "lines", .key = "seq", .key_is_sequence = true, .indexes = {{{"author", 2}}}};
  static constexpr auto Fields() {
    return std::tuple(Field("seq", &LongLineRecord::seq), Field("text", &LongLineRecord::text),
                      Field("author", &LongLineRecord::author, 2),
                      Field("length", &LongLineRecord::length, 3));
  }
};

Schema NotesSchema();        // version 1
Schema NewerNotesSchema();   // version 3; its conversion to 3 fills in lengths
Schema BrokenNotesSchema();  // version 3 whose conversion fails

}  // namespace aozora
