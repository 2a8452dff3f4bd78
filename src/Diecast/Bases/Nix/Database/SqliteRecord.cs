using System.Buffers.Binary;
using System.Text;

namespace Diecast.Bases.Nix.Database;

/// <summary>Rows as SQLite stores them (file format, 2.1): the types of the values, then the values.</summary>
internal static class SqliteRecord
{
    /// <summary>A row of nulls, numbers and texts: null, <see cref="long"/> and <see cref="string"/>.</summary>
    internal static byte[] Encode(params ReadOnlySpan<object?> values)
    {
        var types = new List<byte>();
        var body = new List<byte>();
        foreach (object? value in values)
        {
            switch (value)
            {
                case null:
                    types.Add(0);
                    break;
                case string text:
                    byte[] bytes = Encoding.UTF8.GetBytes(text);
                    SqliteLayout.AppendVarint(types, 13 + (2L * bytes.Length));
                    body.AddRange(bytes);
                    break;
                case long number:
                    AppendNumber(types, body, number);
                    break;
                default:
                    throw new ArgumentException($"a {value.GetType().Name} cannot be stored", nameof(values));
            }
        }

        var record = new List<byte>();
        // The length counts itself: of fewer than 127 bytes it is one.
        SqliteLayout.AppendVarint(record, types.Count + (types.Count < 127 ? 1 : 2));
        record.AddRange(types);
        record.AddRange(body);
        return [.. record];
    }

    /// <summary>A number takes as few of 1, 2, 3, 4, 6 or 8 bytes as it needs; 0 and 1 are types of their own.</summary>
    private static void AppendNumber(List<byte> types, List<byte> body, long number)
    {
        if (number is 0 or 1)
        {
            types.Add((byte)(8 + number));
            return;
        }

        (byte type, int size) = number switch
        {
            >= sbyte.MinValue and <= sbyte.MaxValue => ((byte)1, 1),
            >= short.MinValue and <= short.MaxValue => ((byte)2, 2),
            >= -(1 << 23) and < 1 << 23 => ((byte)3, 3),
            >= int.MinValue and <= int.MaxValue => ((byte)4, 4),
            >= -(1L << 47) and < 1L << 47 => ((byte)5, 6),
            _ => ((byte)6, 8),
        };
        types.Add(type);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, number);
        foreach (byte part in bytes[(sizeof(long) - size)..])
            body.Add(part);
    }
}
