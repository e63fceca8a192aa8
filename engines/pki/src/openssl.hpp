#pragma once
#include <fmt/format.h>
#include <openssl/ocsp.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

#include "madang/base/base.hpp"
#include "madang/trust/openssl.hpp"

// Only this room sees this header.
namespace madang::pki {

using trust::bytes;
using trust::der_of;
using trust::must;
using trust::owned;
using trust::owned_bio;
using trust::owned_certificates;
using trust::owned_pkey;
using trust::owned_x509;
using trust::reading;
using trust::seconds_of;
using trust::text_of;
using trust::view;
using trust::whole;

using owned_lists = trust::owned_stack<STACK_OF(X509_CRL), X509_CRL, X509_CRL_free>;
using owned_name = owned<X509_NAME, X509_NAME_free>;
using owned_object = owned<ASN1_OBJECT, ASN1_OBJECT_free>;
using owned_extension = owned<X509_EXTENSION, X509_EXTENSION_free>;

inline owned_x509 read_certificate(view der) { return whole<owned_x509>(der, d2i_X509); }

}  // namespace madang::pki
