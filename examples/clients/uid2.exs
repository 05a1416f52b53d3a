defmodule Uid2 do

  @mock "http://127.0.0.1:8432"
  @key "UID2-C-L-1002-gbAkWx.ha7OvXcf0OXzZ215Hc2P9M54d+5oQLkN9l/UI="
  @secret Base.decode64!("7AQa4WCXXflikCMZNfqJhfxXU4u8sLfP05RjbjCTYVI=")

  def post(path, body) do
    headers = [{~c"authorization", ~c"Bearer #{@key}"}]
    request = {String.to_charlist(@mock <> path), headers, ~c"text/plain", body}
    {:ok, {{_, 200, _}, _, answer}} = :httpc.request(:post, request, [], body_format: :binary)
    Base.decode64!(answer)
  end

  # IV, ciphertext and tag
  def open(key, sealed) do
    size = byte_size(sealed) - 28
    <<iv::binary-12, ciphertext::binary-size(size), tag::binary-16>> = sealed
    :crypto.crypto_one_time_aead(:aes_256_gcm, key, iv, ciphertext, "", tag, false)
  end

  # version, IV, ciphertext of (time, nonce, JSON), and tag; the JSON of the answer
  def call(path, json) do
    iv = :crypto.strong_rand_bytes(12)
    nonce = :crypto.strong_rand_bytes(8)
    plain = <<System.os_time(:millisecond)::64, nonce::binary, json::binary>>
    {ciphertext, tag} = :crypto.crypto_one_time_aead(:aes_256_gcm, @secret, iv, plain, "", true)
    sealed = post(path, Base.encode64(<<1, iv::binary, ciphertext::binary, tag::binary>>))
    <<_time::64, ^nonce::binary-8, answer::binary>> = open(@secret, sealed)
    answer
  end

  # a member that is text; a project takes a JSON library
  def member(json, name), do: Regex.run(~r/"#{name}":"([^"]*)"/, json) |> Enum.at(1)
end

{:ok, _} = Application.ensure_all_started(:inets)
generated = Uid2.call("/v2/token/generate", ~s({"email":"jane@example.com"}))
IO.puts("generate: #{Uid2.member(generated, "status")}")

# the refresh token is the whole body, and the answer has neither time nor nonce
key = Base.decode64!(Uid2.member(generated, "refresh_response_key"))
refreshed = Uid2.open(key, Uid2.post("/v2/token/refresh", Uid2.member(generated, "refresh_token")))
IO.puts("refresh: #{Uid2.member(refreshed, "status")}")
