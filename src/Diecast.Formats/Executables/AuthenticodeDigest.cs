using System.Security.Cryptography;
using Diecast.Formats.Blobs;

namespace Diecast.Formats.Executables;

/// <summary>
/// The digest of a PE file that its signatures are of (Authenticode Portable Executable Signature Format, "Calculating the PE
/// Image Hash"): all but the check sum, the directory's entry of the certificate table, and that table.
/// </summary>
internal static class AuthenticodeDigest
{
    private const int ChunkLength = 1 << 18;

    internal static byte[] Compute(PeFile file, HashAlgorithmName algorithm)
    {
        using var hash = IncrementalHash.CreateHash(algorithm);
        long end = ContentEnd(file);
        long headers = file.HeadersLength;
        int checkSum = file.OptionalOffset + PeLayout.CheckSumAt;
        int directory = file.CertificateDirectoryOffset;
        if (headers > end || headers < file.SectionTableOffset)
            throw Invalid("the headers' length leads out of the file, or into them");
        Append(hash, file.Content, 0, checkSum);
        if (directory == 0)
        {
            Append(hash, file.Content, checkSum + sizeof(uint), headers);
        }
        else
        {
            Append(hash, file.Content, checkSum + sizeof(uint), directory);
            Append(hash, file.Content, directory + PeLayout.DirectoryLength, headers);
        }

        // Firmware counts what it has hashed, and takes the rest of the file from there on: the same unless there are gaps.
        long hashed = headers;
        foreach (PeSection section in file.Sections.Where(section => section.Length > 0).OrderBy(section => section.Offset))
        {
            if (section.Length > end - hashed || section.Offset > end - section.Length)
                throw Invalid("the sections take more than the file, or stand in its certificate table");
            Append(hash, file.Content, section.Offset, section.Offset + section.Length);
            hashed += section.Length;
        }

        Append(hash, file.Content, hashed, end);
        if (file.CertificateTable.Length == 0)
            hash.AppendData(new byte[PeLayout.RoundUp(end, PeLayout.CertificateAlignment) - end]);
        return hash.GetHashAndReset();
    }

    /// <summary>Where the file ends without its certificate table, which must be last.</summary>
    internal static long ContentEnd(PeFile file)
    {
        (long offset, long length) = file.CertificateTable;
        if (length == 0)
            return file.Content.Length;
        return offset + length == file.Content.Length
            ? offset
            : throw Invalid("the certificate table is not the last in the file");
    }

    internal static InvalidImageException Invalid(string message) => new("authenticode", message);

    private static void Append(IncrementalHash hash, Blob content, long start, long end)
    {
        byte[] buffer = new byte[(int)Math.Clamp(end - start, 0, ChunkLength)];
        for (long at = start; at < end;)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(end - at, buffer.Length));
            content.Read(at, part);
            hash.AppendData(part);
            at += part.Length;
        }
    }
}
