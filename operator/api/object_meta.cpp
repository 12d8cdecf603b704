#include "operator/api/object_meta.h"

#include "base/field_table.h"

namespace visionops::api {

const Table<OwnerReference>& OwnerReference::fields() {
  static const Table<OwnerReference> table{
      field("apiVersion", &OwnerReference::api_version, "API version of the owner.").required(),
      field("kind", &OwnerReference::kind, "Kind of the owner.").required(),
      field("name", &OwnerReference::name, "Name of the owner.").required(),
      field("uid", &OwnerReference::uid, "Uid of the owner.").required(),
      field("controller", &OwnerReference::controller, "Whether it is the managing controller."),
      field("blockOwnerDeletion", &OwnerReference::block_owner_deletion,
            "Whether foreground deletion of the owner waits for this object."),
  };
  return table;
}

const Table<ObjectMeta>& ObjectMeta::fields() {
  static const Table<ObjectMeta> table{
      field("name", &ObjectMeta::name, "Name, unique per kind and namespace."),
      field("namespace", &ObjectMeta::namespace_, "Namespace."),
      field("uid", &ObjectMeta::uid, "Identity of this object over its life."),
      field("resourceVersion", &ObjectMeta::resource_version, "Version of the stored object."),
      field("generation", &ObjectMeta::generation, "Counts the changes of the spec."),
      field("labels", &ObjectMeta::labels, "For selection."),
      field("annotations", &ObjectMeta::annotations, "For tools."),
      field("finalizers", &ObjectMeta::finalizers, "What has to happen before the object goes."),
      field("ownerReferences", &ObjectMeta::owner_references, "Objects that this one goes with."),
      field("creationTimestamp", &ObjectMeta::creation_timestamp, "When it was created."),
      field("deletionTimestamp", &ObjectMeta::deletion_timestamp, "When its deletion was asked for."),
  };
  return table;
}

}  // namespace visionops::api
