require 'json'
require 'net/http'
require 'openssl'
require 'securerandom'

MOCK = 'http://127.0.0.1:8432'
KEY = 'UID2-C-L-1002-gbAkWx.ha7OvXcf0OXzZ215Hc2P9M54d+5oQLkN9l/UI='
SECRET = '7AQa4WCXXflikCMZNfqJhfxXU4u8sLfP05RjbjCTYVI='.unpack1('m')

def post(path, body)
  answer = Net::HTTP.post(URI(MOCK + path), body, 'Authorization' => "Bearer #{KEY}")
  raise "#{path}: #{answer.code} #{answer.body}" unless answer.code == '200'

  answer.body.unpack1('m')
end

# IV, ciphertext and tag
def open_with(key, sealed)
  cipher = OpenSSL::Cipher.new('aes-256-gcm').decrypt
  cipher.key = key
  cipher.iv = sealed[0, 12]
  cipher.auth_tag = sealed[-16..]
  cipher.update(sealed[12...-16]) + cipher.final
end

# version, IV, ciphertext of (time, nonce, JSON), and tag
def call(path, payload)
  nonce = SecureRandom.bytes(8)
  cipher = OpenSSL::Cipher.new('aes-256-gcm').encrypt
  cipher.key = SECRET
  iv = cipher.random_iv
  plain = [(Time.now.to_f * 1000).to_i].pack('Q>') + nonce + JSON.generate(payload)
  sealed = cipher.update(plain) + cipher.final
  opened = open_with(SECRET, post(path, ["\x01".b + iv + sealed + cipher.auth_tag].pack('m0')))
  raise 'the answer belongs to another request' unless opened[8, 8] == nonce

  JSON.parse(opened[16..])
end

generated = call('/v2/token/generate', email: 'jane@example.com')
puts "generate: #{generated['status']}"

# the refresh token is the whole body, and the answer has neither time nor nonce
identity = generated['body']
answer = post('/v2/token/refresh', identity['refresh_token'])
refreshed = JSON.parse(open_with(identity['refresh_response_key'].unpack1('m'), answer))
puts "refresh: #{refreshed['status']}"
