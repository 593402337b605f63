#include "common/cmdline.hpp"

#include <cstring>

namespace common {
namespace {

bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

char fold(char c) {
  return c == '-' ? '_' : c;
}

// Ends the word that begins at `start` with NUL and describes it; returns where the next begins.
char* take_word(char* start, Word& word) {
  const bool quoted = *start == '"';
  if (quoted) ++start;
  bool in_quote = quoted;
  char* equals = nullptr;
  char* end = start;
  for (; *end != '\0' && (in_quote || !is_space(*end)); ++end) {
    if (equals == nullptr && end != start && *end == '=') equals = end;
    if (*end == '"') in_quote = !in_quote;
  }
  char* const next = *end == '\0' ? end : end + 1;
  *end = '\0';
  // A quote that opens the word or the value is dropped together with one that closes the word;
  // others stay, as in the kernel.
  const bool value_quoted = equals != nullptr && equals[1] == '"';
  const bool lone_quote = value_quoted && end - 1 == equals + 1;
  if ((quoted || value_quoted) && end > start && end[-1] == '"' && !lone_quote) *--end = '\0';
  if (value_quoted)
    std::memmove(equals + 1, equals + 2, static_cast<std::size_t>(end - equals - 1));
  word.text = start;
  word.value = equals == nullptr ? nullptr : equals + 1;
  word.name_length =
      equals == nullptr ? std::strlen(start) : static_cast<std::size_t>(equals - start);
  return next;
}

}  // namespace

bool Word::is(std::string_view wanted) const {
  if (wanted.size() != name_length) return false;
  for (std::size_t i = 0; i < name_length; ++i)
    if (fold(text[i]) != fold(wanted[i])) return false;
  return true;
}

Status CommandLine::parse(std::string_view text) {
  if (text.size() > capacity)
    return Error::of(Failure::usage, "command line: longer than %zu bytes", capacity);
  std::memcpy(text_.data(), text.data(), text.size());
  text_[text.size()] = '\0';
  return split();
}

Status CommandLine::parse_lines(std::string_view text) {
  if (text.size() > capacity)
    return Error::of(Failure::usage, "configuration: longer than %zu bytes", capacity);
  bool comment = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '#' && (i == 0 || is_space(text[i - 1]))) comment = true;
    if (text[i] == '\n') comment = false;
    text_[i] = comment ? ' ' : text[i];
  }
  text_[text.size()] = '\0';
  return split();
}

Status CommandLine::split() {
  count_ = own_count_ = 0;
  ++revision_;
  bool after_dashes = false;
  for (char* at = text_.data(); *at != '\0';) {
    if (is_space(*at)) {
      ++at;
      continue;
    }
    Word word{};
    at = take_word(at, word);
    if (!after_dashes && std::strcmp(word.text, "--") == 0) {
      after_dashes = true;
      continue;
    }
    if (count_ == most_words)
      return Error::of(Failure::usage, "command line: more than %zu words", most_words);
    words_[count_++] = word;
    if (!after_dashes) own_count_ = count_;
  }
  return Done{};
}

const char* CommandLine::value(std::string_view name) const {
  const char* found = nullptr;
  for (const Word& word : words())
    if (word.value != nullptr && word.is(name)) found = word.value;
  return found;
}

bool CommandLine::has(std::string_view name) const {
  for (const Word& word : words())
    if (word.value == nullptr && word.is(name)) return true;
  return false;
}

}  // namespace common
