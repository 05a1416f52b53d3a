package main

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"
	"time"
)

const (
	mock   = "http://127.0.0.1:8432"
	key    = "UID2-C-L-1002-gbAkWx.ha7OvXcf0OXzZ215Hc2P9M54d+5oQLkN9l/UI="
	secret = "7AQa4WCXXflikCMZNfqJhfxXU4u8sLfP05RjbjCTYVI="
)

type identity struct {
	AdvertisingToken   string `json:"advertising_token"`
	RefreshToken       string `json:"refresh_token"`
	RefreshResponseKey string `json:"refresh_response_key"`
	RefreshFrom        int64  `json:"refresh_from"`
}

type answer struct {
	Status string   `json:"status"`
	Body   identity `json:"body"`
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func gcm(base64Key string) cipher.AEAD {
	block := must(aes.NewCipher(must(base64.StdEncoding.DecodeString(base64Key))))
	return must(cipher.NewGCM(block))
}

func post(path, body string) []byte {
	request := must(http.NewRequest(http.MethodPost, mock+path, strings.NewReader(body)))
	request.Header.Set("Authorization", "Bearer "+key)
	response := must(http.DefaultClient.Do(request))
	defer response.Body.Close()
	text := string(must(io.ReadAll(response.Body)))
	if response.StatusCode != http.StatusOK {
		log.Fatalf("%s: %d %s", path, response.StatusCode, text)
	}
	return must(base64.StdEncoding.DecodeString(text))
}

// open opens IV, ciphertext and tag.
func open(base64Key string, sealed []byte) []byte {
	return must(gcm(base64Key).Open(nil, sealed[:12], sealed[12:], nil))
}

// call seals version, IV, ciphertext of (time, nonce, JSON), and tag.
func call(path string, payload any) (result answer) {
	random := make([]byte, 12+8)
	must(rand.Read(random))
	iv, nonce := random[:12], random[12:]
	plain := binary.BigEndian.AppendUint64(nil, uint64(time.Now().UnixMilli()))
	plain = append(append(plain, nonce...), must(json.Marshal(payload))...)
	envelope := gcm(secret).Seal(append([]byte{1}, iv...), iv, plain, nil)
	opened := open(secret, post(path, base64.StdEncoding.EncodeToString(envelope)))
	if !bytes.Equal(opened[8:16], nonce) {
		log.Fatal("the answer belongs to another request")
	}
	if err := json.Unmarshal(opened[16:], &result); err != nil {
		log.Fatal(err)
	}
	return result
}

func main() {
	generated := call("/v2/token/generate", map[string]string{"email": "jane@example.com"})
	fmt.Println("generate:", generated.Status)

	// the refresh token is the whole body, and the answer has neither time nor nonce
	sealed := post("/v2/token/refresh", generated.Body.RefreshToken)
	var refreshed answer
	if err := json.Unmarshal(open(generated.Body.RefreshResponseKey, sealed), &refreshed); err != nil {
		log.Fatal(err)
	}
	fmt.Println("refresh:", refreshed.Status)
}
