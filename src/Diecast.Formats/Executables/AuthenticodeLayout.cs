namespace Diecast.Formats.Executables;

/// <summary>Object identifiers of signatures on PE files (Windows Authenticode Portable Executable Signature Format; RFC 2315; RFC 2985).</summary>
internal static class AuthenticodeLayout
{
    internal const string SignedData = "1.2.840.113549.1.7.2";
    internal const string IndirectData = "1.3.6.1.4.1.311.2.1.4";
    internal const string PeImageData = "1.3.6.1.4.1.311.2.1.15";
    internal const string ContentType = "1.2.840.113549.1.9.3";
    internal const string MessageDigest = "1.2.840.113549.1.9.4";
    internal const string SigningTime = "1.2.840.113549.1.9.5";
    internal const string Sha256 = "2.16.840.1.101.3.4.2.1";
    internal const string Sha384 = "2.16.840.1.101.3.4.2.2";
    internal const string Sha512 = "2.16.840.1.101.3.4.2.3";
    internal const string Rsa = "1.2.840.113549.1.1.1";
    internal const string Sha256WithRsa = "1.2.840.113549.1.1.11";

    /// <summary>What stands where a file's name once was.</summary>
    internal const string Obsolete = "<<<Obsolete>>>";
}
