// g++ -std=c++17 uid2.cpp -lcurl -lcrypto
#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

const std::string mock = "http://127.0.0.1:8432";
const std::string key = "UID2-C-L-1002-gbAkWx.ha7OvXcf0OXzZ215Hc2P9M54d+5oQLkN9l/UI=";
const std::string secret = "7AQa4WCXXflikCMZNfqJhfxXU4u8sLfP05RjbjCTYVI=";

const unsigned char *bytes(const std::string &text) { return reinterpret_cast<const unsigned char *>(text.data()); }
unsigned char *bytes(std::string &text) { return reinterpret_cast<unsigned char *>(text.data()); }

std::string toBase64(const std::string &plain) {
    std::string text(4 * ((plain.size() + 2) / 3) + 1, '\0');
    text.resize(EVP_EncodeBlock(bytes(text), bytes(plain), plain.size()));
    return text;
}

std::string fromBase64(const std::string &text) {
    std::string plain(3 * text.size() / 4, '\0');
    if (EVP_DecodeBlock(bytes(plain), bytes(text), text.size()) < 0) throw std::runtime_error("no base64: " + text);
    plain.resize(plain.size() - (text.size() - 1 - text.find_last_not_of('=')));
    return plain;
}

std::string random(size_t size) {
    std::string random(size, '\0');
    if (RAND_bytes(bytes(random), size) != 1) throw std::runtime_error("no random bytes");
    return random;
}

size_t append(char *data, size_t size, size_t count, void *text) {
    static_cast<std::string *>(text)->append(data, size * count);
    return size * count;
}

std::string post(const std::string &path, const std::string &body) {
    std::unique_ptr<CURL, void (*)(CURL *)> curl(curl_easy_init(), curl_easy_cleanup);
    std::unique_ptr<curl_slist, void (*)(curl_slist *)> headers(
        curl_slist_append(nullptr, ("Authorization: Bearer " + key).c_str()), curl_slist_free_all);
    std::string answer;
    long status = 0;
    curl_easy_setopt(curl.get(), CURLOPT_URL, (mock + path).c_str());
    curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &answer);
    const CURLcode code = curl_easy_perform(curl.get());
    curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
    if (code != CURLE_OK) throw std::runtime_error(curl_easy_strerror(code));
    if (status != 200) throw std::runtime_error(path + ": " + std::to_string(status) + " " + answer);
    return fromBase64(answer);
}

// AES-256-GCM: seals into ciphertext and tag, or opens them.
std::string gcm(bool seal, const std::string &key, const std::string &iv, const std::string &input) {
    std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX *)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    std::string tag = seal ? std::string(16, '\0') : input.substr(input.size() - 16);
    const std::string data = seal ? input : input.substr(0, input.size() - 16);
    std::string output(data.size(), '\0');
    int size = 0;
    EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes(key), bytes(iv), seal);
    if (!seal) EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, 16, bytes(tag));
    EVP_CipherUpdate(context.get(), bytes(output), &size, bytes(data), data.size());
    if (EVP_CipherFinal_ex(context.get(), bytes(output) + size, &size) != 1) throw std::runtime_error("does not open");
    if (seal) EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, 16, bytes(tag));
    return seal ? output + tag : output;
}

std::string openWith(const std::string &key, const std::string &sealed) {
    return gcm(false, fromBase64(key), sealed.substr(0, 12), sealed.substr(12));
}

// Seals version, IV, ciphertext of (time, nonce, JSON), and tag. Returns the JSON of the answer.
std::string call(const std::string &path, const std::string &json) {
    using namespace std::chrono;
    const auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
    std::string time;
    for (int shift = 56; shift >= 0; shift -= 8) time += static_cast<char>(now >> shift);
    const std::string iv = random(12), nonce = random(8);
    const std::string sealed = '\1' + iv + gcm(true, fromBase64(secret), iv, time + nonce + json);
    const std::string opened = openWith(secret, post(path, toBase64(sealed)));
    if (opened.substr(8, 8) != nonce) throw std::runtime_error("the answer belongs to another request");
    return opened.substr(16);
}

// A member that is text; a project takes a JSON library.
std::string member(const std::string &json, const std::string &name) {
    const size_t start = json.find('"' + name + "\":\"") + name.size() + 4;
    return json.substr(start, json.find('"', start) - start);
}

int main() {
    const std::string generated = call("/v2/token/generate", R"({"email":"jane@example.com"})");
    std::cout << "generate: " << member(generated, "status") << "\n";

    // the refresh token is the whole body, and the answer has neither time nor nonce
    const std::string sealed = post("/v2/token/refresh", member(generated, "refresh_token"));
    const std::string refreshed = openWith(member(generated, "refresh_response_key"), sealed);
    std::cout << "refresh: " << member(refreshed, "status") << "\n";
}
