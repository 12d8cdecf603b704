#include "worker/framework/checkpoints/pickle_walk.h"

#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "worker/framework/lines/numbers.h"

namespace visionops::framework {

namespace {

constexpr std::size_t kMostValues = 4'000'000;
constexpr std::size_t kLongestText = 4096;

/// What stands on the stack, as far as the names of storages need it.
struct Value {
  enum class Kind { Other, Mark, Number, Text, Tuple };
  Kind kind = Kind::Other;
  std::int64_t number = 0;
  std::string text;
  std::shared_ptr<std::vector<Value>> items;
};

std::uint64_t element_bytes(const std::string& storage) {
  struct Width {
    std::string_view name;
    std::uint64_t bytes;
  };
  static constexpr auto kWidths = std::to_array<Width>({{"ComplexDouble", 16},
                                                        {"ComplexFloat", 8},
                                                        {"Double", 8},
                                                        {"Long", 8},
                                                        {"Float", 4},
                                                        {"Int", 4},
                                                        {"BFloat16", 2},
                                                        {"Half", 2},
                                                        {"Short", 2}});
  for (const auto& width : kWidths) {
    if (storage.find(std::string(width.name) + "Storage") != std::string::npos) return width.bytes;
  }
  return 1;
}

class Walker {
 public:
  Walker(ByteReader& reader, Storages& storages) : reader_(reader), storages_(storages) {}

  Walk walk() {
    for (auto op = reader_.take(1); op; op = reader_.take(1)) {
      const char code = (*op)[0];
      if (code == '.') return Walk::Ended;
      if (stack_.size() + memo_.size() > kMostValues) return Walk::Unknown;
      Step step = constant(code);
      if (!step) step = text(code);
      if (!step) step = build(code);
      if (!step) step = remember(code);
      if (!step) return Walk::Unknown;
      if (!*step) return Walk::Cut;
    }
    return Walk::Cut;
  }

 private:
  /// Whether an operation was there as a whole; nullopt: it is another's.
  using Step = std::optional<bool>;

  bool push(Value value = {}) { return stack_.push_back(std::move(value)), true; }
  bool push_number(std::int64_t number) { return push({Value::Kind::Number, number, {}, {}}); }

  template <class T>
  bool number_of_width() {
    const auto number = reader_.number<T>();
    return number && push_number(static_cast<std::int64_t>(*number));
  }

  Step constant(char code) {
    switch (code) {
      case '\x80':
        return reader_.skip(1);
      case '\x95':
        return reader_.skip(8);
      case 'N':
      case '\x88':
      case '\x89':
      case '}':
      case ']':
      case '\x8f':
        return push();
      case ')':
        return push({Value::Kind::Tuple, 0, {}, std::make_shared<std::vector<Value>>()});
      case '(':
        return push({Value::Kind::Mark, 0, {}, {}});
      case 'K':
        return number_of_width<std::uint8_t>();
      case 'M':
        return number_of_width<std::uint16_t>();
      case 'J':
        return number_of_width<std::int32_t>();
      case 'G':
        return reader_.skip(8) && push();
      case 'I':
      case 'L':
      case 'F':
      case 'S':
      case 'V':
        return reader_.line() && push();
      case '\x8a':
        return long_number(reader_.number<std::uint8_t>());
      case '\x8b':
        return long_number(reader_.number<std::uint32_t>());
      default:
        return std::nullopt;
    }
  }

  template <class Length>
  bool long_number(std::optional<Length> length) {
    if (!length) return false;
    if (*length > 8) return reader_.skip(*length) && push();
    const auto bytes = reader_.take(*length);
    if (!bytes) return false;
    std::uint64_t number = 0;
    for (std::size_t i = 0; i < bytes->size(); ++i)
      number |= std::uint64_t{static_cast<unsigned char>((*bytes)[i])} << (8 * i);
    return push_number(static_cast<std::int64_t>(number));
  }

  template <class Length>
  bool text_of(std::optional<Length> length) {
    if (!length) return false;
    if (*length > kLongestText) return reader_.skip(*length) && push();
    const auto bytes = reader_.take(static_cast<std::size_t>(*length));
    return bytes && push({Value::Kind::Text, 0, std::string(*bytes), {}});
  }

  Step text(char code) {
    switch (code) {
      case 'X':
      case 'T':
      case 'B':
        return text_of(reader_.number<std::uint32_t>());
      case '\x8c':
      case 'U':
      case 'C':
        return text_of(reader_.number<std::uint8_t>());
      case '\x8d':
      case '\x8e':
      case '\x96':
        return text_of(reader_.number<std::uint64_t>());
      case 'c': {
        const auto module = reader_.line();
        const auto name = module ? reader_.line() : std::nullopt;
        return name && push({Value::Kind::Text, 0, *module + " " + *name, {}});
      }
      default:
        return std::nullopt;
    }
  }

  Value pop() {
    if (stack_.empty()) return {};
    auto value = std::move(stack_.back());
    stack_.pop_back();
    return value;
  }

  std::vector<Value> pop_to_mark() {
    std::vector<Value> items;
    while (!stack_.empty() && stack_.back().kind != Value::Kind::Mark) items.push_back(pop());
    pop();
    return {std::make_move_iterator(items.rbegin()), std::make_move_iterator(items.rend())};
  }

  bool tuple(std::vector<Value> items) {
    return push({Value::Kind::Tuple, 0, {}, std::make_shared<std::vector<Value>>(std::move(items))});
  }

  bool tuple_of(std::size_t count) {
    std::vector<Value> items(count);
    for (auto item = items.rbegin(); item != items.rend(); ++item) *item = pop();
    return tuple(std::move(items));
  }

  bool replace(std::size_t taken) {
    for (std::size_t i = 0; i < taken; ++i) pop();
    return push();
  }

  Step build(char code) {
    switch (code) {
      case 't':
        return tuple(pop_to_mark());
      case '\x85':
        return tuple_of(1);
      case '\x86':
        return tuple_of(2);
      case '\x87':
        return tuple_of(3);
      case 'l':
      case 'd':
      case '\x91':
        pop_to_mark();
        return push();
      case 'e':
      case 'u':
      case '\x90':
      case '1':
        pop_to_mark();
        return true;
      case 'a':
      case 'b':
      case '0':
        pop();
        return true;
      case 's':
        pop();
        pop();
        return true;
      case 'R':
      case '\x81':
        return replace(2);
      case '\x92':
        return replace(3);
      case '\x93':
        return stack_global();
      case 'Q':
        return storage(pop());
      case '2':
        return stack_.empty() ? push() : push(Value(stack_.back()));
      default:
        return std::nullopt;
    }
  }

  bool stack_global() {
    const auto name = pop();
    const auto module = pop();
    return push({Value::Kind::Text, 0, module.text + " " + name.text, {}});
  }

  /// ('storage', FloatStorage, key, location, number of elements)
  bool storage(const Value& id) {
    if (id.kind == Value::Kind::Tuple && id.items->size() >= 5 && (*id.items)[0].text == "storage") {
      const auto elements = (*id.items)[4].number;
      const std::uint64_t bytes =
          elements > 0 ? static_cast<std::uint64_t>(elements) * element_bytes((*id.items)[1].text) : 0;
      storages_[(*id.items)[2].text] = bytes;
    }
    return push();
  }

  bool put(std::uint64_t index) {
    if (!stack_.empty()) memo_[index] = stack_.back();
    return true;
  }

  bool get(std::uint64_t index) {
    const auto at = memo_.find(index);
    return push(at == memo_.end() ? Value{} : at->second);
  }

  template <class T>
  bool memo(bool stores) {
    const auto index = reader_.number<T>();
    return index && (stores ? put(*index) : get(*index));
  }

  Step remember(char code) {
    switch (code) {
      case 'q':
        return memo<std::uint8_t>(true);
      case 'r':
        return memo<std::uint32_t>(true);
      case 'h':
        return memo<std::uint8_t>(false);
      case 'j':
        return memo<std::uint32_t>(false);
      case '\x94':
        return put(memo_.size());
      case 'p':
      case 'g': {
        const auto line = reader_.line();
        const auto index = line ? whole_number_of(*line) : std::nullopt;
        if (!index) return false;
        return code == 'p' ? put(static_cast<std::uint64_t>(*index)) : get(static_cast<std::uint64_t>(*index));
      }
      default:
        return std::nullopt;
    }
  }

  ByteReader& reader_;
  Storages& storages_;
  std::vector<Value> stack_;
  std::map<std::uint64_t, Value> memo_;
};

}  // namespace

Walk walk_pickle(ByteReader& reader, Storages& storages) { return Walker(reader, storages).walk(); }

}  // namespace visionops::framework
