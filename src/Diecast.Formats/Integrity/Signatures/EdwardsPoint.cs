using System.Globalization;
using System.Numerics;

namespace Diecast.Formats.Integrity.Signatures;

/// <summary>
/// A point of the twisted Edwards curve of Ed25519 (RFC 8032, 5.1), in extended coordinates. It is for checking signatures, whose
/// numbers everyone knows: nothing here takes the same time for all of them.
/// </summary>
internal readonly struct EdwardsPoint
{
    /// <summary>The order of the field.</summary>
    internal static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;

    /// <summary>The order of the base point.</summary>
    internal static readonly BigInteger Order =
        BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", NumberStyles.None, CultureInfo.InvariantCulture);

    /// <summary>Bytes of an encoded point.</summary>
    internal const int EncodedSize = 32;

    private static readonly BigInteger D = Mod(-121665 * Invert(121666));
    private static readonly BigInteger RootOfMinusOne = BigInteger.ModPow(2, (Prime - 1) / 4, Prime);
    private static readonly BigInteger BaseY = Mod(4 * Invert(5));

    private readonly BigInteger _x;
    private readonly BigInteger _y;
    private readonly BigInteger _z;
    private readonly BigInteger _t;

    private EdwardsPoint(BigInteger x, BigInteger y, BigInteger z, BigInteger t) => (_x, _y, _z, _t) = (x, y, z, t);

    /// <summary>The base point.</summary>
    internal static EdwardsPoint Base { get; } = Affine(FindX(BaseY, isOdd: false)!.Value, BaseY);

    /// <summary>The x coordinate.</summary>
    internal BigInteger X => Mod(_x * Invert(_z));

    /// <summary>Reads a point of 32 bytes: y, little-endian, and the lowest bit of x above it; null where there is none such.</summary>
    internal static EdwardsPoint? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != EncodedSize)
            return null;
        byte[] number = bytes.ToArray();
        bool isOdd = (number[^1] & 0x80) != 0;
        number[^1] &= 0x7f;
        var y = new BigInteger(number, isUnsigned: true);
        return y < Prime && FindX(y, isOdd) is { } x ? Affine(x, y) : null;
    }

    /// <summary>a times P and b times Q, added.</summary>
    internal static EdwardsPoint Combine(BigInteger a, EdwardsPoint p, BigInteger b, EdwardsPoint q)
    {
        EdwardsPoint both = Add(p, q);
        var sum = new EdwardsPoint(0, 1, 1, 0);
        for (long bit = Math.Max((long)a.GetBitLength(), (long)b.GetBitLength()) - 1; bit >= 0; bit--)
        {
            sum = Add(sum, sum);
            bool hasA = !((a >> (int)bit) & 1).IsZero;
            bool hasB = !((b >> (int)bit) & 1).IsZero;
            if (hasA || hasB)
                sum = Add(sum, hasA && hasB ? both : hasA ? p : q);
        }

        return sum;
    }

    /// <summary>The inverse in the field.</summary>
    private static BigInteger Invert(BigInteger number) => BigInteger.ModPow(Mod(number), Prime - 2, Prime);

    /// <summary>Hisil, Wong, Carter and Dawson 2008, which holds for all points of this curve, equal ones too.</summary>
    private static EdwardsPoint Add(EdwardsPoint p, EdwardsPoint q)
    {
        BigInteger a = Mod((p._y - p._x) * (q._y - q._x));
        BigInteger b = Mod((p._y + p._x) * (q._y + q._x));
        BigInteger c = Mod(Mod(2 * D * p._t) * q._t);
        BigInteger d = Mod(2 * p._z * q._z);
        BigInteger e = b - a;
        BigInteger f = d - c;
        BigInteger g = d + c;
        BigInteger h = b + a;
        return new EdwardsPoint(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private static EdwardsPoint Affine(BigInteger x, BigInteger y) => new(x, y, 1, Mod(x * y));

    /// <summary>RFC 8032, 5.1.3.</summary>
    private static BigInteger? FindX(BigInteger y, bool isOdd)
    {
        BigInteger square = Mod((y * y - 1) * Invert((D * y * y) + 1));
        BigInteger x = BigInteger.ModPow(square, (Prime + 3) / 8, Prime);
        if (Mod(x * x) != square)
            x = Mod(x * RootOfMinusOne);
        if (Mod(x * x) != square || (x.IsZero && isOdd))
            return null;
        return x.IsEven == isOdd ? Prime - x : x;
    }

    private static BigInteger Mod(BigInteger number)
    {
        BigInteger rest = number % Prime;
        return rest.Sign < 0 ? rest + Prime : rest;
    }
}
