// How the folder of a kind gives its decision to the runtime without a line elsewhere: it defines decide() and, below
// it, instantiates reconcile():
//   DecisionOf<api::WidgetStatus> decide(const ObservedOf<api::Widget>& observed) { ... }
//   template DecisionOf<api::WidgetStatus> reconcile(const ObservedOf<api::Widget>& observed);
// A kind without that does not link.
#pragma once

#include "operator/core/reconcile.h"

namespace visionops::core {

template <api::Resource T>
DecisionOf<decltype(T::status)> reconcile(const ObservedOf<T>& observed) {
  return decide(observed);
}

}  // namespace visionops::core
