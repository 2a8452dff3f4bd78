using Diecast.Formats.Blobs;

namespace Diecast.Formats.Executables;

/// <summary>Changes the certificate table, which is the last of a PE file.</summary>
internal static class CertificateTable
{
    internal static Blob Append(PeFile file, byte[] signature)
    {
        var added = new PeCertificate { Revision = PeLayout.CertificateRevision, Type = PeLayout.PkcsSignedData, Content = signature };
        return Replace(file, file.Certificates.Append(added));
    }

    /// <summary>The file with other certificates, with the check sum that it then has, or 0 where it has none that is.</summary>
    internal static Blob Replace(PeFile file, IEnumerable<PeCertificate> certificates)
    {
        if (file.CertificateDirectoryOffset == 0)
            throw new UnrepresentableException("authenticode", null, "the file's headers have no place for a certificate table");
        long end = AuthenticodeDigest.ContentEnd(file);
        byte[] table = Write(certificates);
        // Without signatures the file keeps the end that it has.
        long start = table.Length == 0 ? end : PeLayout.RoundUp(end, PeLayout.CertificateAlignment);
        if (start + table.Length > uint.MaxValue)
            throw new DoesNotFitException("authenticode", start + table.Length, uint.MaxValue, "a PE file ends before 4 GiB");
        byte[] headers = file.Headers.ToArray();
        PeLayout.Set32(headers, file.CertificateDirectoryOffset, table.Length == 0 ? 0 : (uint)start);
        PeLayout.Set32(headers, file.CertificateDirectoryOffset + sizeof(uint), (uint)table.Length);
        PeLayout.Set32(headers, file.OptionalOffset + PeLayout.CheckSumAt, 0);
        var builder = new BlobBuilder();
        builder.Add(0, headers);
        builder.Append(file.Content.Slice(headers.Length, end - headers.Length));
        builder.Add(start, table);
        Blob unsummed = builder.ToBlob();
        byte[] summed = [.. headers];
        PeLayout.Set32(summed, file.OptionalOffset + PeLayout.CheckSumAt, PeCheckSum.Compute(unsummed));
        return Blob.Concat(Blob.FromMemory(summed), unsummed.Slice(summed.Length));
    }

    private static byte[] Write(IEnumerable<PeCertificate> certificates)
    {
        var table = new MemoryStream();
        foreach (PeCertificate certificate in certificates)
        {
            // The length of an entry includes its padding, as signing tools write it and firmware reads it.
            byte[] entry = new byte[PeLayout.RoundUp(PeLayout.CertificateHeaderLength + certificate.Content.Length, PeLayout.CertificateAlignment)];
            PeLayout.Set32(entry, 0, (uint)entry.Length);
            PeLayout.Set16(entry, 4, (ushort)certificate.Revision);
            PeLayout.Set16(entry, 6, (ushort)certificate.Type);
            certificate.Content.Span.CopyTo(entry.AsSpan(PeLayout.CertificateHeaderLength));
            table.Write(entry);
        }

        return table.ToArray();
    }
}
