using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Diecast.Formats.Firmware;

/// <summary>EFI_SIGNATURE_LISTs (UEFI 2.10 section 32.4.1).</summary>
internal static class SignatureDatabase
{
    private const int ListHeaderLength = 28;
    private const int OwnerLength = 16;

    private static readonly Guid X509 = new("a5c059a1-94e4-4aa7-87b5-ab155c2bf072");
    private static readonly Guid Sha256 = new("c1c41626-504c-4092-aca9-41f936934328");

    /// <summary>A list for each certificate, which are of different lengths, and one for all digests.</summary>
    internal static byte[] Write(IEnumerable<X509Certificate2> certificates, IReadOnlyList<ReadOnlyMemory<byte>> digests, Guid owner)
    {
        if (digests.Any(digest => digest.Length != SHA256.HashSizeInBytes))
            throw new UnrepresentableException(EfiVariableStore.Format, null, "a digest in db or dbx has 32 bytes");
        var lists = new MemoryStream();
        foreach (X509Certificate2 certificate in certificates)
            lists.Write(List(X509, [certificate.RawDataMemory], owner));
        if (digests.Count > 0)
            lists.Write(List(Sha256, digests, owner));
        return lists.ToArray();
    }

    private static byte[] List(Guid type, IReadOnlyList<ReadOnlyMemory<byte>> entries, Guid owner)
    {
        int entryLength = OwnerLength + entries[0].Length;
        byte[] list = new byte[ListHeaderLength + (entries.Count * entryLength)];
        type.TryWriteBytes(list);
        VariableLayout.Set32(list, 16, (uint)list.Length);
        VariableLayout.Set32(list, 24, (uint)entryLength);
        for (int i = 0; i < entries.Count; i++)
        {
            Span<byte> entry = list.AsSpan(ListHeaderLength + (i * entryLength), entryLength);
            owner.TryWriteBytes(entry);
            entries[i].Span.CopyTo(entry[OwnerLength..]);
        }

        return list;
    }
}
