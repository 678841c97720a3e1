/* SPDX-License-Identifier: Apache-2.0 */
/** Every option of the product: one row each. Everything else (members, directives, environment variables, merging, the
 * reference configuration's test) is made from this table or checked against it.
 *
 * X(type, member, directive, variable, default, lowest, highest, where, meaning)
 *
 * - type: FLAG, NUMBER, SIZE, TIME, TEXT, or LINE (a text that takes the rest of the directive's line).
 * - variable: of the environment; "" if there is none. A bare TIME counts in what its name ends with (_MS), else seconds.
 * - default: as an administrator would write it; "" for a TEXT or LINE that is not set.
 * - lowest, highest: bounds for FLAG, NUMBER, SIZE (bytes), TIME (microseconds); ignored for texts.
 * - where: SITE (server and virtual host) or ANY (<Location>, <Directory> and .htaccess as well). */
#ifndef SIMG_BASE_OPTIONS_H
#define SIMG_BASE_OPTIONS_H

#define SIMG_OPTIONS(X)                                                                                                \
    X(TEXT, env_file, "StoryImgEnvFile", "", "", 0, 0, SITE, "a dotenv file with variables of this table")             \
    X(FLAG, save, "StoryImgSave", "SAVE_GENERATED_IMAGES", "off", 0, 1, ANY, "keep what is drawn")                     \
    X(TEXT, generated_dir, "StoryImgGeneratedDir", "GENERATED_IMAGE_DIR", "generated", 0, 0, SITE,                     \
      "folder of saved images, relative to ServerRoot; created if missing")                                            \
    X(TEXT, generated_url, "StoryImgGeneratedURL", "", "/generated/", 0, 0, SITE,                                      \
      "prefix of localUrl; may be absolute (a CDN)")                                                                   \
    X(TEXT, format, "StoryImgFormat", "GENERATED_IMAGE_FORMAT", "png", 0, 0, SITE,                                     \
      "what a model that can choose is asked for: png, jpg or webp")                                                   \
    X(TEXT, upload_dir, "StoryImgUploadDir", "UPLOAD_DIR", "uploads", 0, 0, SITE,                                      \
      "folder of uploaded pictures, relative to ServerRoot; created if missing")                                       \
    X(TEXT, upload_url, "StoryImgUploadURL", "", "/uploads/", 0, 0, SITE, "prefix of an upload's path")                \
    X(SIZE, max_upload, "StoryImgMaxUpload", "MAX_FILE_SIZE", "5M", 1024, 104857600, SITE, "largest uploaded picture") \
    X(TIME, upload_max_age, "StoryImgUploadMaxAge", "", "30d", 0, APR_TIME_C(315360000000000), SITE,                   \
      "remove uploads of this age that no story uses; 0: never")                                                       \
    X(TEXT, state_dir, "StoryImgStateDir", "", "storyimg-state", 0, 0, SITE,                                           \
      "folder of the index, relative to ServerRoot; never below a served folder")                                      \
    X(TEXT, index, "StoryImgIndex", "STORYIMG_INDEX", "", 0, 0, SITE,                                                  \
      "sqlite3:PATH; default: index.sqlite3 in the state folder")                                                      \
    X(FLAG, async, "StoryImgAsync", "ASYNC_ILLUSTRATIONS", "off", 0, 1, ANY,                                            \
      "answer as soon as the text is there; pictures follow in a job")                                                 \
    X(NUMBER, max_pages, "StoryImgMaxPages", "", "3", 1, 12, ANY, "scenes drawn per story, at most")                   \
    X(TIME, max_age, "StoryImgMaxAge", "GENERATED_IMAGE_MAX_AGE_DAYS", "0", 0, APR_TIME_C(3153600000000000), SITE,     \
      "remove pictures, stories and jobs of this age; 0: never")                                                       \
    X(NUMBER, max_files, "StoryImgMaxFiles", "GENERATED_IMAGE_MAX_FILES", "0", 0, 1000000000, SITE,                    \
      "keep so many pictures, the newest; 0: all")                                                                     \
    X(SIZE, max_size, "StoryImgMaxSize", "GENERATED_IMAGE_MAX_MB", "0", 0, APR_INT64_MAX, SITE,                        \
      "keep pictures of so many bytes, the newest; 0: all")                                                            \
    X(FLAG, reuse, "StoryImgReuse", "", "off", 0, 1, SITE,                                                             \
      "a picture that was drawn from the very same order is not bought again")                                         \
    X(SIZE, min_free, "StoryImgMinFree", "", "256M", 0, APR_INT64_MAX, SITE,                                           \
      "refuse before paying if the disk has less room")                                                                \
    X(LINE, illustrators, "StoryImgIllustrators", "", "", 0, 0, SITE,                                                  \
      "who draws: provider/model, in order; default: whatever has a key, else offline")                                \
    X(LINE, writers, "StoryImgWriters", "OPENAI_MODEL", "", 0, 0, SITE,                                                \
      "who writes: provider/model, in order; default: whatever has a key, else offline")                               \
    X(TEXT, openai_base_url, "StoryImgOpenAIBaseURL", "OPENAI_BASE_URL", "https://api.openai.com/v1", 0, 0, SITE,      \
      "an OpenAI-compatible server")                                                                                   \
    X(TEXT, openai_key_file, "StoryImgOpenAIKeyFile", "", "", 0, 0, SITE,                                              \
      "file with the key, read at start as root; the variable OPENAI_API_KEY holds the key itself")                    \
    X(TEXT, azure_endpoint, "StoryImgAzureEndpoint", "AZURE_OPENAI_ENDPOINT", "", 0, 0, SITE,                          \
      "an Azure OpenAI resource: https://NAME.openai.azure.com")                                                       \
    X(TEXT, azure_key_file, "StoryImgAzureKeyFile", "", "", 0, 0, SITE,                                                \
      "file with its key, read at start as root; the variable AZURE_OPENAI_API_KEY holds the key itself")              \
    X(TEXT, azure_deployment, "StoryImgAzureDeployment", "AZURE_OPENAI_DEPLOYMENT_NAME", "", 0, 0, SITE,               \
      "the deployment there that draws, for the default of StoryImgIllustrators")                                      \
    X(TEXT, azure_api_version, "StoryImgAzureAPIVersion", "AZURE_OPENAI_API_VERSION", "2025-04-01-preview", 0, 0,      \
      SITE, "the version of its API")                                                                                  \
    X(FLAG, native_edits, "StoryImgNativeEdits", "ENABLE_NATIVE_GPT_IMAGE1", "on", 0, 1, SITE,                         \
      "a hero's picture goes to OpenAI before the other illustrators")                                                 \
    X(TIME, timeout, "StoryImgTimeout", "IMAGE_EDIT_TIMEOUT_MS", "120s", 1000, APR_TIME_C(3600000000), SITE,           \
      "one upstream call, whole")                                                                                      \
    X(NUMBER, concurrency, "StoryImgConcurrency", "", "32", 1, 10000, SITE,                                            \
      "pictures that the background worker of one child has under way at once")                                        \
    X(NUMBER, max_waiting, "StoryImgMaxWaiting", "", "0", 0, 1000000, SITE,                                            \
      "requests of the whole server that may wait for an upstream; 0: half of MaxRequestWorkers")                      \
    X(TEXT, prices, "StoryImgPrices", "", SIMG_PRICES_FILE, 0, 0, SITE,                                                \
      "JSON file with prices by model; default: the table that came with the module")                                  \
    X(TEXT, prompts, "StoryImgPrompts", "", "", 0, 0, SITE,                                                            \
      "folder with prompts of your own, in place of those that came with the module")                                  \
    X(FLAG, image_analysis, "StoryImgImageAnalysis", "ENABLE_IMAGE_ANALYSIS", "on", 0, 1, SITE,                        \
      "a hero's picture is described in words by a model")                                                             \
    X(TEXT, vision_model, "StoryImgVisionModel", "IMAGE_ANALYSIS_MODEL", "", 0, 0, SITE,                               \
      "who describes pictures: provider/model; default: the first writer that can")                                    \
    X(SIZE, analysis_max, "StoryImgAnalysisMaxBytes", "IMAGE_ANALYSIS_MAX_BYTES", "512K", 16384, 1048576, SITE,        \
      "most bytes of a picture that is sent to be described; a larger one is made smaller")                            \
    X(TIME, analysis_timeout, "StoryImgAnalysisTimeout", "IMAGE_ANALYSIS_TIMEOUT_MS", "60s", 1000,                     \
      APR_TIME_C(3600000000), SITE, "the call that describes a picture, whole")                                        \
    X(TEXT, moderation, "StoryImgModeration", "", "off", 0, 0, SITE,                                                   \
      "have what is asked, told and drawn judged: off, on, or required, which lets nothing through unjudged")          \
    X(LINE, fetch_allow, "StoryImgFetchAllow", "", "", 0, 0, SITE,                                                     \
      "hosts that image URLs may come from over http or from a private address")                                       \
    X(SIZE, max_body, "StoryImgMaxBody", "", "256K", 1024, 16777216, SITE, "largest JSON body")                        \
    X(TEXT, pixel_program, "StoryImgPixelProgram", "STORYIMG_PIXEL", SIMG_PIXEL_PROGRAM, 0, 0, SITE,                   \
      "the helper program storyimg-pixel")

#endif
