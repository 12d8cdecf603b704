#include "worker/contract/run_identity.h"

#include "base/digest.h"
#include "base/json.h"

namespace visionops::contract {

std::string digest_of(const RunIdentity& identity) {
  constexpr std::size_t kDigits = 32;
  Json inputs = Json::array();
  for (const auto& input : identity.inputs) inputs.push_back(Json::array({input.role, input.where, input.digest}));
  // A JSON text has one reading only, whatever the parts contain.
  const Json canonical = Json::array({identity.owner_uid, identity.run, identity.spec_hash, std::move(inputs)});
  return sha256_hex(dump_json(canonical)).substr(0, kDigits);
}

std::string why_not_of(const RunOwner& owner, const MadeBy& maker) {
  const bool equal = owner.identity.empty()
                         ? maker.identity.empty() && maker.owner_uid == owner.uid && maker.run == owner.run
                         : maker.identity == owner.identity;
  if (equal) return {};
  if (maker.owner_uid != owner.uid) return "it is of another object (uid " + maker.owner_uid + ")";
  if (maker.run != owner.run) return "it is of run " + std::to_string(maker.run);
  if (maker.identity.empty()) return "it does not tell of which spec and data it is";
  return "it is of another spec or other data";
}

}  // namespace visionops::contract
