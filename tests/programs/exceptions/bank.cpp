/*
 * A bank that is told what to do on standard input, a transaction a line: steps "in ACCOUNT AMOUNT" and "out ACCOUNT AMOUNT".
 * Where a step fails, destructors take back what those before it have done, while the exception passes through them.
 */
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

struct Refused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct TooLittle : Refused {
  long missing;
  TooLittle(const std::string &account, long amount) : Refused("too little in " + account), missing(amount) {}
};

struct Account {
  std::string name;
  long amount = 0;
};

static std::vector<std::unique_ptr<Account>> accounts;

static Account &find(const std::string &name) {
  for (auto &account : accounts) {
    if (account->name == name) return *account;
  }
  throw Refused("no account " + name);
}

/* Changes an account, and changes it back unless it is kept. */
class Change {
 public:
  Change(Account &account, long amount) : account_(account), amount_(amount) {
    if (account.amount + amount < 0) throw TooLittle(account.name, -(account.amount + amount));
    account.amount += amount;
  }
  ~Change() {
    if (kept_) return;
    account_.amount -= amount_;
    printf("  taken back: %+ld on %s\n", amount_, account_.name.c_str());
  }
  void keep() { kept_ = true; }

 private:
  Account &account_;
  long amount_;
  bool kept_ = false;
};

static long number(const std::string &text) {
  char *end = nullptr;
  long value = strtol(text.c_str(), &end, 10);
  if (text.empty() || *end != 0) throw text.size();
  if (value > 1000000) throw value;
  return value;
}

/* Each step stands in the frame of the one before it. */
static int steps(const std::vector<std::string> &words, size_t first) {
  if (first >= words.size()) return 0;
  if (first + 2 >= words.size()) throw Refused("a step is cut off");
  long sign = words[first] == "in" ? 1 : words[first] == "out" ? -1 : 0;
  if (sign == 0) throw std::invalid_argument(words[first]);
  Change change(find(words[first + 1]), sign * number(words[first + 2]));
  try {
    int done = steps(words, first + 3);
    change.keep();
    return done + 1;
  } catch (const TooLittle &error) {
    printf("  step %zu sees: %s\n", first / 3 + 1, error.what());
    throw;
  }
}

static void transaction(const std::vector<std::string> &words) {
  try {
    try {
      printf("%d steps done\n", steps(words, 0));
    } catch (TooLittle error) {
      if (error.missing > 1000) throw std::out_of_range("far too little");
      printf("refused: %s, %ld missing\n", error.what(), error.missing);
    } catch (const Refused &error) {
      printf("refused: %s\n", error.what());
    } catch (size_t length) {
      printf("no number, of %zu characters\n", length);
    }
  } catch (const std::logic_error &error) {
    printf("wrong: %s\n", error.what());
  } catch (...) {
    printf("wrong, whatever it is\n");
  }
}

int main() {
  for (const char *name : {"a", "b", "c"}) {
    accounts.push_back(std::make_unique<Account>());
    accounts.back()->name = name;
  }
  char line[1024];
  while (fgets(line, sizeof line, stdin) != nullptr) {
    std::vector<std::string> words(1);
    for (const char *at = line; *at != 0 && *at != '\n'; at++) {
      if (*at == ' ') words.emplace_back();
      else words.back() += *at;
    }
    transaction(words);
  }
  for (auto &account : accounts) printf("%s: %ld\n", account->name.c_str(), account->amount);
}
