using System.Text;
using Diecast.Formats.Integrity.Signatures;

namespace Diecast.Formats.Tests.Integrity.Signatures;

public sealed class SExpressionTests
{
    [Theory]
    [InlineData("(a (b #6263#) \"d\\\"\\x41;\")", "(1:a(1:b2:bc)3:d\"A)")]
    [InlineData("(1:a(1:b2:bc))", "(1:a(1:b2:bc))")]
    [InlineData("(a |YmM=|)", "(1:a2:bc)")]
    [InlineData(" ( a ; a comment\n b ) ", "(1:a1:b)")]
    [InlineData("(a #vu8(1 2 255) #t #f () 12)", "(1:a3:\u0001\u0002\u00ff2:#t2:#f()2:12)")]
    [InlineData("(a #f0# # 61 62 #)", "(1:a1:\u00f02:ab)")]
    [InlineData("'(a)", "(1:a)")]
    [InlineData("token", "5:token")]
    [InlineData("\"\"", "0:")]
    public void Forms_are_told_apart(string text, string canonical) =>
        Assert.Equal(canonical, Encoding.Latin1.GetString(SExpression.Parse(Encoding.Latin1.GetBytes(text)).ToCanonical()));

    [Theory]
    [InlineData("")]
    [InlineData("(")]
    [InlineData(")")]
    [InlineData("(a")]
    [InlineData("(a))")]
    [InlineData("a b")]
    [InlineData("\"a")]
    [InlineData("\"a\\")]
    [InlineData("\"\\q\"")]
    [InlineData("#6")]
    [InlineData("#6#")]
    [InlineData("|Y|")]
    [InlineData("9:abc")]
    [InlineData("(1:)")]
    [InlineData("2147483647:a")]
    [InlineData("#vu8(256)")]
    [InlineData("#vu8(a)")]
    public void What_is_none_is_refused(string text) =>
        Assert.Throws<InvalidImageException>(() => SExpression.Parse(Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void Deep_nesting_is_refused() => Assert.Throws<InvalidImageException>(() => SExpression.Parse(Encoding.ASCII.GetBytes(new string('(', 100_000))));

    [Fact]
    public void Any_bytes_end_in_an_expression_or_in_a_typed_error()
    {
        byte[] original = [.. "(signature (data (flags rfc6979) (hash sha256 #00FF#)) \"a\\n\" 3:abc |YWI=| #vu8(1 2))"u8];
        var random = new Random(20261122);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] mutated = [.. original];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            try
            {
                byte[] canonical = SExpression.Parse(mutated).ToCanonical();
                Assert.Equal(canonical, SExpression.Parse(canonical).ToCanonical());
            }
            catch (InvalidImageException exception)
            {
                Assert.Equal("S-expression", exception.Format);
            }
        }
    }
}
