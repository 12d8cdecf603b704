// What is written in an odd way and means one thing is read and named; nothing around it is lost.
#include <gtest/gtest.h>

#include "tests/unit/annotations/coco_text.h"
#include "worker/dataset/formats/coco/coco_box_form.h"
#include "worker/dataset/model/rle.h"

namespace visionops::annotations {
namespace {

using tests::annotation;
using tests::document;
using Box = std::array<double, 4>;
using Rings = std::vector<std::vector<double>>;

std::string kinds_of(const Findings& findings) {
  std::string out;
  for (const auto& [kind, count] : findings.counts()) {
    out += (out.empty() ? "" : " ") + std::string(kind) + "=" + std::to_string(count);
  }
  return out;
}

/// Reads `text`, whose findings are `kinds`, in words as above.
Annotations read_with(const std::string& text, const std::string& kinds) {
  Findings findings;
  auto a = tests::read(text, findings);
  EXPECT_TRUE(a.ok()) << a.error().message;
  EXPECT_EQ(kinds_of(findings), kinds) << text;
  return a.ok() ? std::move(*a) : Annotations();
}

Rings rings_of(const Annotations& a, const Object& object) {
  Rings out;
  if (object.shape_kind != Shape::Polygons) return out;
  for (const Slice ring : a.ring_span(object.shape)) {
    const auto numbers = a.number_span(ring);
    out.emplace_back(numbers.begin(), numbers.end());
  }
  return out;
}

/// The rings of the mask of an object with a box and this segmentation.
Rings rings_of(const std::string& segmentation, const std::string& kinds) {
  const auto a = read_with(document(annotation(R"("bbox":[1,1,8,8],"segmentation":)" + segmentation)), kinds);
  EXPECT_EQ(a.objects.size(), 1U) << segmentation;
  if (a.objects.size() != 1) return {};
  EXPECT_EQ(a.objects[0].box, (Box{1, 1, 8, 8}));
  return rings_of(a, a.objects[0]);
}

TEST(CocoRepair, RingsAreFoundHoweverTheyAreNested) {
  const Rings one{{1, 1, 9, 1, 9, 9}};
  EXPECT_EQ(rings_of("[1,1,9,1,9,9]", "RepairedMask=1"), one);
  EXPECT_EQ(rings_of("[[[1,1,9,1,9,9]]]", "RepairedMask=1"), one);
  EXPECT_EQ(rings_of("[[1,1],[9,1],[9,9]]", "RepairedMask=1"), one);
  EXPECT_EQ(rings_of("[[[1,1],[9,1],[9,9]]]", "RepairedMask=1"), one);
  EXPECT_EQ(rings_of(R"([{"x":1,"y":1},{"x":9,"y":1},{"x":9,"y":9}])", "RepairedMask=1"), one);
  EXPECT_EQ(rings_of(R"([["1","1","9",1,9,9]])", "RepairedMask=1"), one);
  EXPECT_EQ(rings_of("[[1,1,9,1,9,9],[]]", "RepairedMask=1"), one);
  EXPECT_EQ(rings_of("[[[1,1],[9,1],[9,9]],[[2,2],[4,2],[4,4]]]", "RepairedMask=1"),
            (Rings{{1, 1, 9, 1, 9, 9}, {2, 2, 4, 2, 4, 4}}));
  EXPECT_EQ(rings_of("[[]]", "RepairedMask=1"), Rings{});
}

TEST(CocoRepair, WhatIsNoMaskIsNamedAndTheBoxStays) {
  EXPECT_EQ(rings_of("[1,1,9,1,9]", "BadPolygon=1"), Rings{});
  EXPECT_EQ(rings_of("[[1,1,9,1,9,null]]", "BadPolygon=1"), Rings{});
  EXPECT_EQ(rings_of("[[1,1],[9,1]]", "BadPolygon=2"), Rings{});
  EXPECT_EQ(rings_of("[[[[[1,1,9,1,9,9]]]]]", "BadPolygon=1"), Rings{});
  EXPECT_EQ(rings_of(R"({"size":[1],"counts":[1]})", "BadRle=1"), Rings{});
  EXPECT_EQ(rings_of(R"({"size":[80,100],"counts":5})", "BadRle=1"), Rings{});
  EXPECT_EQ(rings_of(R"({"counts":[8000]})", "BadRle=1"), Rings{});
  EXPECT_EQ(rings_of(R"([[1,1,9,1,9,9],{"size":[80,100],"counts":[8000]}])", "BadRle=1"), (Rings{{1, 1, 9, 1, 9, 9}}));
  EXPECT_EQ(rings_of("[1,1,9,1,9,null]", "BadPolygon=1"), Rings{});
  EXPECT_EQ(rings_of("[[1,1,9,1,9,9],7]", "BadPolygon=1"), (Rings{{1, 1, 9, 1, 9, 9}}));
}

/// The runs of the mask of an object with this segmentation.
std::vector<std::int64_t> runs_of(const std::string& members, const std::string& kinds) {
  const auto a = read_with(document(annotation(members)), kinds);
  EXPECT_EQ(a.objects.size(), 1U) << members;
  if (a.objects.size() != 1) return {};
  const Object& object = a.objects[0];
  if (object.shape_kind == Shape::RleCompressed) {
    return *decode_rle(a.text_view(object.shape), object.rle_size[0], object.rle_size[1]);
  }
  const auto counts = a.number_span(object.shape);
  return {counts.begin(), counts.end()};
}

TEST(CocoRepair, RunLengthMasksInListsAreOne) {
  const std::string box = R"("bbox":[0,10,2,20],"segmentation":)";
  const std::string first = R"({"size":[80,100],"counts":[10,20,7970]})";
  EXPECT_EQ(runs_of(box + "[" + first + "]", "RepairedMask=1"), (std::vector<std::int64_t>{10, 20, 7970}));
  EXPECT_EQ(runs_of(box + "[" + first + R"(,{"size":[80,100],"counts":[20,30,50,10,7890]}])", "RepairedMask=1"),
            (std::vector<std::int64_t>{10, 40, 50, 10, 7890}));
  EXPECT_EQ(runs_of(box + "[" + first + R"(,{"size":[80,100],"counts":[0,5,7995]}])", "RepairedMask=1"),
            (std::vector<std::int64_t>{0, 5, 5, 20, 7970}));
  EXPECT_EQ(runs_of(box + "[" + first + R"(,{"size":[100,80],"counts":[8000]}])", "BadRle=1 RepairedMask=1"),
            (std::vector<std::int64_t>{10, 20, 7970}));
}

TEST(CocoRepair, CountsMayBeTheTextOfPythonsBytes) {
  const std::vector<std::int64_t> runs{10, 20, 2500, 44, 5426};
  const std::string text = encode_rle(runs);
  std::string escaped = "b'";
  for (const char c : text) escaped += c == '\\' ? std::string("\\\\") : std::string(1, c);
  const auto members = R"("bbox":[0,0,100,80],"segmentation":{"size":[80,100],"counts":)";
  EXPECT_EQ(runs_of(members + nlohmann::json(escaped + "'").dump() + "}", "RepairedMask=1"), runs);
  EXPECT_EQ(runs_of(members + nlohmann::json("b'" + text.substr(0, 2)).dump() + "}", "BadRle=1"),
            std::vector<std::int64_t>{});
}

TEST(CocoRepair, ExchangedSidesOfAMaskAreRepairedWhereTheBoxTellsHow) {
  // 80 rows: column 2, rows 10 to 29
  const std::string renamed = R"("bbox":[2,10,1,20],"segmentation":{"size":[100,80],"counts":[170,20,7810]})";
  EXPECT_EQ(runs_of(renamed, "RepairedMask=1"), (std::vector<std::int64_t>{170, 20, 7810}));
  // as a picture of 100 rows: column 10, rows 2 to 4, which is x 2 to 4, y 10
  const std::string lies = R"("bbox":[2,10,3,1],"segmentation":{"size":[100,80],"counts":[1002,3,6995]})";
  EXPECT_EQ(runs_of(lies, "RepairedMask=1"), (std::vector<std::int64_t>{170, 1, 79, 1, 79, 1, 7669}));
  EXPECT_EQ(runs_of(R"("bbox":[50,50,9,9],"segmentation":{"size":[100,80],"counts":[170,20,7810]})", "BadRle=1"),
            std::vector<std::int64_t>{});
}

TEST(CocoRepair, BoxesWithNamesInTextOrFromTheMask) {
  const std::tuple<const char*, const char*, Box> cases[] = {
      {R"("bbox":{"x":1,"y":2,"width":3,"height":4})", "RepairedBox=1", {1, 2, 3, 4}},
      {R"("bbox":{"xmin":1,"ymin":2,"xmax":4,"ymax":6})", "RepairedBox=1", {1, 2, 3, 4}},
      {R"("bbox":{"left":"1","top":2,"right":4,"bottom":6})", "NumberAsText=1 RepairedBox=1", {1, 2, 3, 4}},
      {R"("bbox":["1","2",3,"4.5"])", "NumberAsText=1", {1, 2, 3, 4.5}},
      {R"("bbox":"[1, 2, 3, 4]")", "NumberAsText=1", {1, 2, 3, 4}},
      {R"("bbox":[[1, 2, 3, 4]])", "RepairedBox=1", {1, 2, 3, 4}},
      {R"("segmentation":[[1,2,4,2,4,6]])", "RepairedBox=1", {1, 2, 3, 4}},
      {R"("bbox":null,"segmentation":[[1,2,4,2,4,6]])", "RepairedBox=1", {1, 2, 3, 4}},
      {R"("bbox":[1,2,-3,4],"segmentation":[[1,2,4,2,4,6]])", "RepairedBox=1", {1, 2, 3, 4}},
      {R"("segmentation":{"size":[80,100],"counts":[10,20,7970]})", "RepairedBox=1", {0, 10, 1, 20}},
      {R"("segmentation":{"size":[80,100],"counts":[79,2,7919]})", "RepairedBox=1", {0, 0, 2, 80}},
  };
  for (const auto& [members, kinds, box] : cases) {
    const auto a = read_with(document(annotation(members)), kinds);
    ASSERT_EQ(a.objects.size(), 1U) << members;
    EXPECT_TRUE(a.objects[0].has_box);
    EXPECT_EQ(a.objects[0].box, box) << members;
    const auto written = nlohmann::json::parse(write_coco(a))["annotations"][0];
    EXPECT_EQ(written["bbox"].get<Box>(), box);
  }
  EXPECT_FALSE(read_with(document(annotation(R"("bbox":[])")), "OddMember=1").objects[0].has_box);
  EXPECT_FALSE(read_with(document(annotation(R"("bbox":null)")), "").objects[0].has_box);
}

TEST(CocoRepair, NumbersInQuotesAreToldOnceAField) {
  std::string many;
  for (int i = 1; i <= 5; ++i) {
    many += std::string(i > 1 ? "," : "") + R"({"id":")" + std::to_string(i) +
            R"(","image_id":"7","category_id":"3","bbox":[1,1,2,2],"area":"4","iscrowd":"1"})";
  }
  Findings findings;
  const auto a = tests::read(document(many), findings);
  ASSERT_TRUE(a.ok());
  ASSERT_EQ(a->objects.size(), 5U);
  EXPECT_EQ(a->objects[4].id, 5);
  EXPECT_EQ(a->objects[0].area, 4);
  EXPECT_TRUE(a->objects[0].crowd);
  EXPECT_EQ(findings.count("NumberAsText"), 5) << "id, image_id, category_id, area, iscrowd";
  EXPECT_NE(findings.first().front().message.find("so in 5 elements"), std::string::npos);
}

TEST(CocoRepair, FlagsInTheirOddTypes) {
  const std::tuple<const char*, const char*, bool, const char*> cases[] = {
      {"true", "", true, "true"},
      {"0.0", "", false, "0"},
      {R"("0")", "NumberAsText=1", false, "0"},
      {R"("true")", "NumberAsText=1", true, "1"},
      {"null", "", false, "null"},
      {"2", "OddMember=1", true, "2"},
      {R"("x")", "OddMember=1", false, R"("x")"},
      {"[]", "OddMember=1", false, "[]"},
  };
  for (const auto& [value, kinds, crowd, written] : cases) {
    const auto a = read_with(document(annotation(std::string(R"("bbox":[1,1,2,2],"iscrowd":)") + value)), kinds);
    ASSERT_EQ(a.objects.size(), 1U) << value;
    EXPECT_EQ(a.objects[0].crowd, crowd) << value;
    EXPECT_EQ(nlohmann::json::parse(write_coco(a))["annotations"][0]["iscrowd"].dump(), written);
  }
}

TEST(CocoRepair, IdsThatAreNoNumbersAreMatchedByTheirTextAndWrittenBack) {
  const std::string text =
      R"({"images":[{"id":"img_1","file_name":"a.jpg"},{"id":18446744073709551617,"file_name":"b.jpg"},{"id":"007","file_name":"c.jpg"}],
          "categories":[{"id":"car","name":"Car"}],
          "annotations":[{"id":"x-1","image_id":18446744073709551617,"category_id":"car","bbox":[1,1,2,2],"area":4},
                         {"id":"x-2","image_id":"img_1","category_id":"car","bbox":[1,1,2,2],"area":4},
                         {"id":3,"image_id":"007","category_id":"Car","bbox":[1,1,2,2],"area":4}]})";
  const auto a = read_with(text, "RepairedReference=1");
  ASSERT_EQ(a.objects.size(), 3U);
  EXPECT_EQ(a.objects[0].image, 1U);
  EXPECT_EQ(a.objects[1].image, 0U);
  EXPECT_EQ(a.objects[2].image, 2U);
  auto wanted = nlohmann::json::parse(text);
  wanted["annotations"][2]["category_id"] = "car";
  const std::string written = write_coco(a);
  EXPECT_NE(written.find("18446744073709551617"), std::string::npos);
  EXPECT_EQ(tests::canonical(written), tests::canonical(wanted));
}

TEST(CocoRepair, TheSameTextTwiceIsOneIdTwice) {
  Findings findings;
  const auto a = tests::read(R"({"images":[{"id":"x","file_name":"a.jpg"},{"id":"x","file_name":"b.jpg"}]})", findings);
  ASSERT_FALSE(a.ok());
  EXPECT_NE(a.error().message.find("image id \"x\" stands already"), std::string::npos) << a.error().message;
}

TEST(CocoRepair, AnImageIdMayBeTheNameOfAnImage) {
  const std::string images = R"({"images":[{"id":1,"file_name":"x/a.jpg"},{"id":2,"file_name":"y/b.jpg"},
      {"id":3,"file_name":"z/b.jpg"}],"categories":[{"id":1,"name":"car"}],"annotations":[)";
  const auto with = [&](const std::string& id) {
    return images + R"({"id":1,"image_id":")" + id + R"(","category_id":1,"bbox":[1,1,2,2]}]})";
  };
  for (const char* id : {"x/a.jpg", "a.jpg", "a", "x/a"}) {
    const auto a = read_with(with(id), "RepairedReference=1");
    ASSERT_EQ(a.objects.size(), 1U) << id;
    EXPECT_EQ(a.objects[0].image, 0U);
  }
  EXPECT_EQ(read_with(with("y/b.jpg"), "RepairedReference=1").objects.size(), 1U);
  EXPECT_EQ(read_with(with("b.jpg"), "DanglingImage=1").objects.size(), 0U) << "it may be either";
}

TEST(CocoRepair, SizesThatAreNoneAreLeftToTheFile) {
  const std::tuple<const char*, const char*, int> cases[] = {{R"("640")", "NumberAsText=1", 640},
                                                             {"640.0", "", 640},
                                                             {"null", "", 0},
                                                             {"-1", "OddMember=1", 0},
                                                             {"1.5", "OddMember=1", 0},
                                                             {R"("x")", "OddMember=1", 0},
                                                             {"[]", "OddMember=1", 0},
                                                             {"1e300", "OddMember=1", 0}};
  for (const auto& [value, kinds, width] : cases) {
    const auto a = read_with(R"({"images":[{"id":1,"file_name":"a.jpg","width":)" + std::string(value) + "}]}", kinds);
    ASSERT_EQ(a.images.size(), 1U) << value;
    EXPECT_EQ(a.images[0].width, width);
    EXPECT_EQ(a.images[0].has_width, width > 0);
  }
}

TEST(CocoRepair, NothingIsWrittenTwiceNorNullBesideAValue) {
  auto a = read_with(
      R"({"images":[{"id":1,"file_name":"a.jpg","width":null,"height":null}],"categories":[{"id":1,"name":"x"}],
          "annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":null,"area":null,"segmentation":[[1,1,3,1,3,3]]}]})",
      "RepairedBox=1");
  a.images[0].width = 64;
  a.images[0].height = 48;
  const std::string written = write_coco(a);
  for (const char* key : {"\"width\"", "\"height\"", "\"bbox\"", "\"area\""}) {
    EXPECT_EQ(written.find(key), written.rfind(key)) << written;
    EXPECT_NE(written.find(key), std::string::npos) << written;
  }
  EXPECT_EQ(written.find("null"), std::string::npos) << written;
}

TEST(CocoRepair, AnImageWithoutANameHasThatOfItsAddress) {
  for (const char* member : {R"("coco_url":"http://host/val2017/a.jpg")", R"("file_name":null,"path":"val2017\\a.jpg")",
                             R"("file_name":"","flickr_url":"http://host/val2017/a.jpg?x=1")"}) {
    const auto a = read_with(R"({"images":[{"id":1,)" + std::string(member) + "}]}", "RepairedImageName=1");
    ASSERT_EQ(a.images.size(), 1U) << member;
    EXPECT_EQ(a.images[0].file_name, "val2017/a.jpg");
  }
}

TEST(CocoRepair, OtherMembersNeverCostTheirElement) {
  const auto a =
      read_with(document(annotation(R"("bbox":[1,1,2,2],"area":"x","keypoints":[1,2],"attributes":5,"ignore":[1])")),
                "BadKeypoints=1 OddMember=2");
  ASSERT_EQ(a.objects.size(), 1U);
  const auto written = nlohmann::json::parse(write_coco(a))["annotations"][0];
  EXPECT_EQ(written["area"], 4);
  EXPECT_EQ(written["attributes"], 5);
  EXPECT_EQ(written["ignore"], nlohmann::json::array({1}));
}

TEST(CocoRepair, AnAreaIsWrittenForEveryObject) {
  const std::tuple<const char*, double> cases[] = {
      {R"("bbox":[1,1,2,3])", 6},
      {R"("bbox":[1,1,8,8],"segmentation":[[1,1,9,1,9,9]])", 32},
      {R"("bbox":[0,10,1,20],"segmentation":{"size":[80,100],"counts":[10,20,7970]})", 20},
      {R"("bbox":[1,1,2,3],"segmentation":[])", 6},
      {R"("bbox":[1,1,2,3],"area":5.5)", 5.5},
  };
  for (const auto& [members, area] : cases) {
    const auto written = nlohmann::json::parse(write_coco(read_with(document(annotation(members)), "")));
    EXPECT_EQ(written["annotations"][0]["area"], area) << members;
  }
}

TEST(CocoRepair, AMaskInTextIsRead) {
  EXPECT_EQ(rings_of(R"("[[1, 1, 9, 1, 9, 9]]")", "RepairedMask=1"), (Rings{{1, 1, 9, 1, 9, 9}}));
  EXPECT_EQ(rings_of(R"("[1, 1, 9")", ""), Rings{});
  EXPECT_EQ(rings_of(R"("none")", ""), Rings{});
  const auto a = read_with(document(annotation(R"("bbox":[1,1,2,2],"segmentation":"none")")), "");
  EXPECT_EQ(nlohmann::json::parse(write_coco(a))["annotations"][0]["segmentation"], "none");
}

TEST(CocoRepair, AnImageThatStandsTwiceInTheSameWordsIsKeptOnce) {
  const std::string rest = R"(],"categories":[{"id":1,"name":"car"}],"annotations":[
      {"id":1,"image_id":5,"category_id":1,"bbox":[1,1,2,2]},{"id":2,"image_id":6,"category_id":1,"bbox":[1,1,2,2]}]})";
  const std::string first = R"({"images":[{"id":5,"file_name":"a.jpg"},{"id":5,"file_name":"a.jpg"},)";
  const auto a =
      read_with(first + R"({"id":5,"file_name":"a.jpg"},{"id":6,"file_name":"b.jpg"})" + rest, "DuplicateImage=2");
  ASSERT_EQ(a.images.size(), 2U);
  ASSERT_EQ(a.objects.size(), 2U);
  EXPECT_EQ(a.images[a.objects[0].image].file_name, "a.jpg");
  EXPECT_EQ(a.images[a.objects[1].image].file_name, "b.jpg");
  Findings findings;
  EXPECT_FALSE(tests::read(first + R"({"id":5,"file_name":"b.jpg"})" + rest, findings).ok()) << "which one is 5?";
}

TEST(CocoRepair, BoxesAreCornersWhenAllMasksSaySo) {
  const std::string masked = annotation(R"("bbox":[10,20,30,50],"segmentation":[[10,20,30,20,30,50,10,50]])");
  const std::string bare = annotation(R"("bbox":[40,20,60,40])", 2);
  const auto a = read_with(document(masked + "," + bare), "RepairedBox=1");
  EXPECT_EQ(a.objects[0].box, (Box{10, 20, 20, 30}));
  EXPECT_EQ(a.objects[1].box, (Box{40, 20, 20, 20})) << "the others of the file are of the same tool";
  const std::string usual = annotation(R"("bbox":[10,20,20,30],"segmentation":[[10,20,30,20,30,50,10,50]])", 3);
  EXPECT_EQ(read_with(document(masked + "," + usual), "").objects[0].box, (Box{10, 20, 30, 50}));
  const std::string either = annotation(R"("bbox":[0,0,20,30],"segmentation":[[0,0,20,0,20,30,0,30]])");
  EXPECT_EQ(read_with(document(either), "").objects[0].box, (Box{0, 0, 20, 30}));
}

TEST(CocoRepair, AnImageThatIsLeftOutIsTheReasonOfItsObjects) {
  const auto a = read_with(R"({"images":[{"file_name":5,"id":"x"}],"categories":[{"id":1,"name":"car"}],
      "annotations":[{"id":1,"image_id":"x","category_id":1,"bbox":[1,1,2,2]}]})",
                           "MalformedImage=1 ObjectWithoutImage=1");
  EXPECT_TRUE(a.objects.empty());
}

TEST(CocoRepair, ASectionThatIsNullIsNotThere) {
  const auto a = read_with(R"({"images":[{"id":1,"file_name":"a.jpg"}],"annotations":null,"categories":null})", "");
  EXPECT_FALSE(a.given.annotations);
  EXPECT_EQ(tests::canonical(write_coco(a)),
            tests::canonical(std::string(R"({"images":[{"id":1,"file_name":"a.jpg"}]})")));
}

TEST(CocoRepair, BoxesInFractionsBecomePixels) {
  const auto scaled = [](const std::string& annotations, const std::string& kinds) {
    Findings findings;
    auto a = *tests::read(document(annotations), findings);
    scale_fractions(a, "annotation.json", findings);
    EXPECT_EQ(kinds_of(findings), kinds) << annotations;
    return a;
  };
  const std::string one =
      annotation(R"("bbox":[0.1,0.2,0.3,0.4],"area":0.12,"segmentation":[[0.1,0.2,0.4,0.2,0.4,0.6]])");
  const auto a = scaled(one, "RepairedBox=1");
  EXPECT_NEAR(a.objects[0].box[0], 10, 1e-9);
  EXPECT_NEAR(a.objects[0].box[3], 32, 1e-9);
  EXPECT_NEAR(rings_of(a, a.objects[0])[0][5], 48, 1e-9);
  EXPECT_FALSE(a.objects[0].has_area);
  EXPECT_EQ(scaled(one + "," + annotation(R"("bbox":[10,10,20,20])", 2), "").objects[0].box[0], 0.1) << "one is not";
  EXPECT_EQ(scaled(annotation(R"("bbox":[0,0,1,1])"), "").objects[0].box[2], 1) << "a pixel";
}

TEST(CocoRepair, FilesOfOtherTasksAreRefusedByName) {
  const std::string images = R"({"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[)";
  for (const auto& [element, words] :
       {std::pair{R"({"id":1,"image_id":1,"caption":"x"})", "captions"},
        std::pair{R"({"image_id":1,"file_name":"a.png","segments_info":[]})", "panoptic"}}) {
    Findings findings;
    const auto a = tests::read(images + element + "]}", findings);
    ASSERT_FALSE(a.ok()) << element;
    EXPECT_NE(a.error().message.find(words), std::string::npos) << a.error().message;
  }
}

}  // namespace
}  // namespace visionops::annotations
