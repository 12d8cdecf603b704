#include <gtest/gtest.h>

#include "tests/unit/annotations/coco_text.h"

namespace visionops::annotations {
namespace {

using tests::annotation;
using tests::document;

/// The one finding that `text` must have; the document as it was read goes to `out`.
Finding only_finding(const std::string& text, Annotations& out) {
  Findings findings;
  auto a = tests::read(text, findings);
  EXPECT_TRUE(a.ok()) << a.error().message;
  EXPECT_EQ(findings.total(), 1) << text;
  if (!a || findings.total() == 0) return {"MalformedImage", "", "", "nothing was found"};
  out = std::move(*a);
  return findings.first().front();
}

std::string error_of(const std::string& text) {
  Findings findings;
  const auto a = tests::read(text, findings);
  EXPECT_FALSE(a.ok()) << text;
  if (a) return "";
  EXPECT_EQ(a.error().cls, ErrorClass::Invalid);
  return a.error().message;
}

void expect_malformed_at(const std::string& text, const std::string& marker) {
  const std::string wanted = "byte " + std::to_string(text.find(marker)) + ":";
  EXPECT_NE(error_of(text).find(wanted), std::string::npos)
      << error_of(text) << "\nwanted " << wanted << " in " << text;
}

TEST(CocoBadInput, MalformedJsonIsRefusedAtItsByte) {
  expect_malformed_at(document(annotation(R"("bbox":[1,2,3,NaN])")), "NaN");
  expect_malformed_at(document(annotation(R"("area":1e400)")), "1e400");
  expect_malformed_at(document(annotation(R"("area":01)")), "1}]");
  expect_malformed_at(document(annotation(R"("note":"\ud800x")")), "0x\"}");
  expect_malformed_at(document(annotation("\"note\":\"a\tb\"")), "\t");
  expect_malformed_at(document(annotation(R"("note":[1,2)")), "}]}");
  expect_malformed_at(document(annotation(R"("note":{"a" 1})")), "1}}");
  expect_malformed_at(document(annotation("\"note\":\"\xff\"")), "\xff");
  expect_malformed_at(R"({"info":{"a":tru},"images":[]})", "tru}");
  expect_malformed_at(R"({"images":[]}} )", "} ");
  expect_malformed_at(R"({"images":[],"images":[]})", "\"images\":[]}");
  expect_malformed_at(R"([])", "[]");
  expect_malformed_at(R"({"images":[{"id":1,"file_name":"a"},]})", "]}");
}

TEST(CocoBadInput, ATruncatedFileIsRefusedWhereverItEnds) {
  const std::string text = document(annotation(R"("bbox":[1,2,3,4],"note":"x\"y")"));
  for (std::size_t size = 0; size < text.size(); ++size) {
    Findings findings;
    const auto a = read_coco(text.substr(0, size), "f", findings);
    ASSERT_FALSE(a.ok()) << size;
    ASSERT_NE(a.error().message.find("byte "), std::string::npos) << a.error().message;
  }
}

TEST(CocoBadInput, DeepNestingIsRefusedWithoutRecursion) {
  const std::string deep(200000, '[');
  EXPECT_NE(error_of(R"({"info":)" + deep).find("nested too deeply"), std::string::npos);
  EXPECT_NE(error_of(document(annotation("\"note\":" + deep))).find("nested too deeply"), std::string::npos);
}

TEST(CocoBadInput, Utf16IsRefusedWithAHint) {
  EXPECT_NE(error_of(std::string("\xff\xfe{\0}\0", 6)).find("save it as UTF-8"), std::string::npos);
}

TEST(CocoBadInput, ADuplicateImageIdIsRefusedWithBothPositions) {
  const auto message =
      error_of(R"({"images":[{"id":5,"file_name":"a"},{"id":6,"file_name":"b"},{"id":5,"file_name":"c"}]})");
  EXPECT_NE(message.find("images[2].id"), std::string::npos) << message;
  EXPECT_NE(message.find("images[0]"), std::string::npos) << message;
  EXPECT_NE(message.find("5"), std::string::npos);
}

TEST(CocoBadInput, CategoriesMustBeWholeAndUnique) {
  EXPECT_NE(error_of(R"({"categories":[{"id":1,"name":"a"},{"id":1,"name":"b"}]})").find("categories[1].id"),
            std::string::npos);
  EXPECT_NE(error_of(R"({"categories":[{"id":[1],"name":"a"}]})").find("categories[0].id: expected an id, got [1]"),
            std::string::npos);
  EXPECT_NE(error_of(R"({"categories":[{"id":1}]})").find("categories[0].name: is required"), std::string::npos);
  EXPECT_NE(error_of(R"({"categories":{"1":"car"}})").find("categories: expected a list"), std::string::npos);
}

TEST(CocoBadInput, DanglingIdsAreCountedAndLeftOut) {
  Annotations a;
  auto finding =
      only_finding(document(annotation(R"("bbox":[1,1,2,2])") + R"(,{"id":2,"image_id":8,"category_id":3})"), a);
  EXPECT_EQ(finding.kind, "DanglingImage");
  EXPECT_EQ(finding.position, "annotations[1].image_id");
  EXPECT_EQ(a.objects.size(), 1U);
  finding = only_finding(document(R"({"id":2,"image_id":7,"category_id":4},)" + annotation(R"("bbox":[1,1,2,2])")), a);
  EXPECT_EQ(finding.kind, "DanglingCategory");
  EXPECT_EQ(finding.position, "annotations[0].category_id");
  EXPECT_EQ(a.objects.size(), 1U);
  EXPECT_EQ(a.objects[0].id, 1);
}

TEST(CocoBadInput, WrongTypesNameTheirField) {
  const std::pair<const char*, const char*> cases[] = {
      {R"("bbox":"1,2,3")", "annotations[0].bbox"},
      {R"("bbox":[1,2,3])", "annotations[0].bbox"},
      {R"("bbox":[1,2,3,4,5])", "annotations[0].bbox"},
      {R"("bbox":[1,2,null,4])", "annotations[0].bbox"},
      {R"("bbox":[1,2,-3,4])", "annotations[0].bbox"},
      {R"("bbox":{"x":1,"y":2})", "annotations[0].bbox"},
      {R"("bbox":[1,1,2,2],"bbox":[1,1,2,2])", "annotations[0].bbox"},
      {R"("note":1,"n\u006fte":2)", "annotations[0].note"},
      {R"("image_id":7)", "annotations[0].image_id"},
  };
  for (const auto& [members, position] : cases) {
    Annotations a;
    const auto finding = only_finding(document(annotation(members) + "," + annotation(R"("bbox":[1,1,2,2])", 2)), a);
    EXPECT_EQ(finding.kind, "MalformedAnnotation") << members;
    EXPECT_EQ(finding.position, position);
    EXPECT_EQ(finding.file, "annotation.json");
    EXPECT_EQ(a.objects.size(), 1U);
    EXPECT_TRUE(a.numbers.empty() && a.rings.empty() && a.text.empty()) << "arenas keep nothing of what was left out";
  }
}

TEST(CocoBadInput, MalformedImagesAreLeftOutWithTheirObjectsCounted) {
  Findings findings;
  const auto a =
      tests::read(R"({"images":[{"id":1,"file_name":5},{"id":null,"file_name":"b"},{"id":3,"file_name":"c"},7],
    "categories":[{"id":1,"name":"x"}],
    "annotations":[{"id":1,"image_id":1,"category_id":1},{"id":2,"image_id":3,"category_id":1}]})",
                  findings);
  ASSERT_TRUE(a.ok());
  EXPECT_EQ(findings.count("MalformedImage"), 3);
  EXPECT_EQ(findings.count("ObjectWithoutImage"), 1);
  EXPECT_EQ(a->images.size(), 1U);
  EXPECT_EQ(a->objects.size(), 1U);
}

TEST(CocoBadInput, UnsafeFileNamesExcludeTheImageAndCountItsObjects) {
  for (const char* name : {"a\\u0000b.jpg", "", "../..", "https://host", "a\\nb.jpg"}) {
    Findings findings;
    const auto a =
        tests::read(R"({"images":[{"id":1,"file_name":")" + std::string(name) + R"("},{"id":2,"file_name":"./ok.jpg"}],
      "categories":[{"id":1,"name":"x"}],"annotations":[{"id":1,"image_id":1,"category_id":1},{"id":2,"image_id":2,"category_id":1}]})",
                    findings);
    ASSERT_TRUE(a.ok()) << name;
    EXPECT_EQ(findings.count("UnsafePath"), 1) << name;
    EXPECT_EQ(findings.count("ObjectWithoutImage"), 1) << name;
    EXPECT_EQ(a->images.size(), 1U);
    EXPECT_EQ(a->objects.size(), 1U);
  }
}

TEST(CocoBadInput, NamesThatLeadOutOfTheFolderAreReadAsNamesBelowIt) {
  const std::pair<const char*, const char*> names[] = {
      {"../../etc/passwd", "etc/passwd"},
      {"/etc/passwd", "etc/passwd"},
      {"a/../../b", "b"},
      {"C:\\\\x\\\\y.jpg", "x/y.jpg"},
      {"C:x.jpg", "x.jpg"},
      {"a\\\\b.jpg", "a/b.jpg"},
      {"a//b.jpg", "a/b.jpg"},
      {"https://host/a/b.jpg?size=2#x", "a/b.jpg"},
      {"https://host/data/local-files/?d=a/b.jpg", "a/b.jpg"},
  };
  for (const auto& [name, wanted] : names) {
    Annotations a;
    const auto finding = only_finding(R"({"images":[{"id":1,"file_name":")" + std::string(name) + R"("}]})", a);
    EXPECT_EQ(finding.kind, "RepairedImageName") << name;
    EXPECT_NE(finding.message.find(std::string("read as ") + wanted), std::string::npos) << finding.message;
    ASSERT_EQ(a.images.size(), 1U);
    EXPECT_EQ(a.images[0].file_name, wanted);
  }
}

TEST(CocoBadInput, DoubledAndMissingAnnotationIdsGetNewOnes) {
  Findings findings;
  const auto a =
      tests::read(document(annotation(R"("bbox":[1,1,2,2])", 9) + "," + annotation(R"("bbox":[1,1,2,2])", 9) +
                           R"(,{"image_id":7,"category_id":3},)" + annotation(R"("bbox":[1,1,2,2])", 4)),
                  findings);
  ASSERT_TRUE(a.ok());
  EXPECT_EQ(findings.count("DuplicateAnnotationId"), 1);
  EXPECT_EQ(findings.count("MissingAnnotationId"), 1);
  std::vector<std::int64_t> ids;
  for (const auto& object : a->objects) ids.push_back(object.id);
  EXPECT_EQ(ids, (std::vector<std::int64_t>{9, 10, 11, 4}));
}

TEST(CocoBadInput, OddBoxesAreKeptAndCounted) {
  for (const auto& [box, kind] :
       {std::pair{"[9.98,18.56,5.54,0.0]", "ZeroSizeBox"}, std::pair{"[90,70,20,5]", "BoxOutsideImage"},
        std::pair{"[-5,0,10,10]", "BoxOutsideImage"}}) {
    Annotations a;
    const auto finding = only_finding(document(annotation(std::string(R"("bbox":)") + box)), a);
    EXPECT_EQ(finding.kind, kind);
    EXPECT_EQ(finding.position, "annotations[0].bbox");
    EXPECT_EQ(a.objects.size(), 1U);
  }
  Findings none;
  ASSERT_TRUE(tests::read(document(annotation(R"("bbox":[-0.5,0,100.9,80.7])")), none).ok());
  EXPECT_EQ(none.total(), 0) << "tools round by less than a pixel";
}

TEST(CocoBadInput, BadPolygonsAreLeftOutRingByRing) {
  Annotations a;
  for (const char* bad : {"[1,2,3,4]", "[1,2,3,4,5]", "[1,2,3,4,5,6,7]", "[1,2,3,4,5,null]", "7", "{}"}) {
    const auto finding = only_finding(
        document(annotation(std::string(R"("bbox":[1,1,8,8],"segmentation":[[1,1,9,1,9,9],)") + bad + "]")), a);
    EXPECT_EQ(finding.kind, bad == std::string_view("{}") ? "BadRle" : "BadPolygon");
    EXPECT_EQ(finding.position, "annotations[0].segmentation[1]");
    ASSERT_EQ(a.objects[0].shape.size, 1U);
    EXPECT_EQ(a.numbers.size(), 6U);
  }
}

TEST(CocoBadInput, MasksThatDoNotCoverTheirImageAreLeftOut) {
  for (const char* bad : {R"({"size":[80,100],"counts":[10,20,1]})", R"({"size":[80,100],"counts":[8001]})",
                          R"({"size":[80,100],"counts":[-1,8001]})", R"({"size":[80,100],"counts":[0.5,7999.5]})",
                          R"({"size":[80,100],"counts":[]})", R"({"size":[80,100],"counts":"~~~"})",
                          R"({"size":[80,100],"counts":"ooooooooooooooooo"})", R"({"size":[0,0],"counts":[]})",
                          R"({"size":[2147483647,2147483647],"counts":[1]})", R"({"size":[100,80],"counts":[8000]})"}) {
    Annotations a;
    const auto finding =
        only_finding(document(annotation(std::string(R"("bbox":[1,1,2,2],"segmentation":)") + bad)), a);
    EXPECT_EQ(finding.kind, "BadRle") << bad;
    ASSERT_EQ(a.objects.size(), 1U);
    EXPECT_EQ(a.objects[0].shape_kind, Shape::None);
  }
}

TEST(CocoBadInput, FindingsAreCountedExactlyAndListedBounded) {
  std::string many;
  for (int i = 0; i < 100; ++i) many += (i > 0 ? "," : "") + annotation(R"("bbox":[0,0,0,0])", i + 1);
  Findings findings(3);
  ASSERT_TRUE(tests::read(document(many), findings).ok());
  EXPECT_EQ(findings.count("ZeroSizeBox"), 100);
  EXPECT_EQ(findings.first().size(), 3U);
}

}  // namespace
}  // namespace visionops::annotations
