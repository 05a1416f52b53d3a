use strict;
use warnings;
use Crypt::AuthEnc::GCM qw(gcm_decrypt_verify gcm_encrypt_authenticate);
use Crypt::PRNG qw(random_bytes);
use HTTP::Tiny;
use JSON::PP qw(decode_json encode_json);
use MIME::Base64 qw(decode_base64 encode_base64);
use Time::HiRes qw(time);

my $mock   = 'http://127.0.0.1:8432';
my $key    = 'UID2-C-L-1002-gbAkWx.ha7OvXcf0OXzZ215Hc2P9M54d+5oQLkN9l/UI=';
my $secret = decode_base64('7AQa4WCXXflikCMZNfqJhfxXU4u8sLfP05RjbjCTYVI=');

sub post {
    my ($path, $body) = @_;
    # without a content type HTTP::Tiny says application/octet-stream, and the operator takes and gives bytes, not base64
    my %headers = ('Authorization' => "Bearer $key", 'Content-Type' => 'text/plain');
    my $answer  = HTTP::Tiny->new->post("$mock$path", { content => $body, headers => \%headers });
    die "$path: $answer->{status} $answer->{content}\n" unless $answer->{status} == 200;
    return decode_base64($answer->{content});
}

# IV, ciphertext and tag
sub open_with {
    my ($with, $sealed) = @_;
    my ($iv, $ciphertext, $tag) = (substr($sealed, 0, 12), substr($sealed, 12, -16), substr($sealed, -16));
    return gcm_decrypt_verify('AES', $with, $iv, '', $ciphertext, $tag) // die "the answer does not open\n";
}

# version, IV, ciphertext of (time, nonce, JSON), and tag
sub call {
    my ($path, $payload) = @_;
    my ($iv, $nonce) = (random_bytes(12), random_bytes(8));
    my $plain = pack('Q>', int(time * 1000)) . $nonce . encode_json($payload);
    my ($ciphertext, $tag) = gcm_encrypt_authenticate('AES', $secret, $iv, '', $plain);
    my $opened = open_with($secret, post($path, encode_base64("\x01$iv$ciphertext$tag", '')));
    die "the answer belongs to another request\n" unless substr($opened, 8, 8) eq $nonce;
    return decode_json(substr($opened, 16));
}

my $generated = call('/v2/token/generate', { email => 'jane@example.com' });
print "generate: $generated->{status}\n";

# the refresh token is the whole body, and the answer has neither time nor nonce
my $identity  = $generated->{body};
my $answer    = post('/v2/token/refresh', $identity->{refresh_token});
my $refreshed = decode_json(open_with(decode_base64($identity->{refresh_response_key}), $answer));
print "refresh: $refreshed->{status}\n";
