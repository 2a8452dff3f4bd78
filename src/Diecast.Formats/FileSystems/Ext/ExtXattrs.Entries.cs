using System.Buffers.Binary;
using System.Numerics;
using Diecast.Formats.Trees;

namespace Diecast.Formats.FileSystems.Ext;

internal sealed partial class ExtXattrs
{
    private const byte SystemIndex = 7;

    /// <summary>system.data, whose value is what of inline data does not fit i_block (inlinedata.rst).</summary>
    private static readonly byte[] InlineName = "data"u8.ToArray();

    private static bool TryEncode(Xattr xattr, out Entry entry, out string? error)
    {
        entry = default;
        error = null;
        if (xattr.Value.Length > MaximumValue)
        {
            error = $"the value of {xattr.Name} has {xattr.Value.Length} bytes; {MaximumValue} are possible";
            return false;
        }

        ReadOnlySpan<byte> name = xattr.Name.Span;
        int acl = name.SequenceEqual("system.posix_acl_access"u8) ? 2
            : name.SequenceEqual("system.posix_acl_default"u8) ? 3
            : 0;
        if (acl != 0)
        {
            if (ExtAcl.ToDisk(xattr.Value.Span) is not { } value)
            {
                error = $"the value of {xattr.Name} is not a POSIX ACL";
                return false;
            }

            entry = new Entry((byte)acl, default, value);
            return true;
        }

        foreach ((byte index, byte[] prefix) in Namespaces)
        {
            if (!name.StartsWith(prefix))
                continue;
            ReadOnlyMemory<byte> rest = xattr.Name.Memory[prefix.Length..];
            if (rest.Length is 0 or > byte.MaxValue)
                break;
            entry = new Entry(index, rest, xattr.Value);
            return true;
        }

        error = $"the extended attribute {xattr.Name} has a name that ext4 cannot store";
        return false;
    }

    private readonly record struct Entry(byte Index, ReadOnlyMemory<byte> Name, ReadOnlyMemory<byte> Value) : IComparable<Entry>
    {
        /// <summary>Whether the value is an inode.</summary>
        internal bool IsOutside { get; init; }

        /// <summary>The inode that the value is, once it has one.</summary>
        internal ExtXattrValue? Outside { get; init; }

        internal int Size => Align(ExtXattrEntryLayout.Size + Name.Length) + (IsOutside ? 0 : Align(Value.Length));

        /// <summary>The order that the kernel's search in a block relies on: namespace, length of name, name.</summary>
        public int CompareTo(Entry other)
        {
            int order = Index.CompareTo(other.Index);
            if (order == 0)
                order = Name.Length.CompareTo(other.Name.Length);
            return order != 0 ? order : Name.Span.SequenceCompareTo(other.Name.Span);
        }

        /// <summary>
        /// ext4_xattr_hash_entry, with unsigned characters as the kernel has them since 6.2; of a value that is an
        /// inode the value's hash stands for it.
        /// </summary>
        internal uint Hash()
        {
            uint hash = 0;
            foreach (byte b in Name.Span)
                hash = BitOperations.RotateLeft(hash, 5) ^ b;
            if (Outside is not null)
                return BitOperations.RotateLeft(hash, 16) ^ Outside.Hash;
            ReadOnlySpan<byte> value = Value.Span;
            while (value.Length >= sizeof(uint))
            {
                hash = BitOperations.RotateLeft(hash, 16) ^ BinaryPrimitives.ReadUInt32LittleEndian(value);
                value = value[sizeof(uint)..];
            }

            if (value.Length > 0)
            {
                Span<byte> last = stackalloc byte[sizeof(uint)];
                last.Clear();
                value.CopyTo(last);
                hash = BitOperations.RotateLeft(hash, 16) ^ BinaryPrimitives.ReadUInt32LittleEndian(last);
            }

            return hash;
        }
    }
}
