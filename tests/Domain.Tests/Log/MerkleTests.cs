using CsCheck;
using EventCheckpoints.Domain.Log;
using Xunit;

namespace EventCheckpoints.Domain.Tests.Log;

/// <summary>The tree and its proofs: published vectors, a second opinion, and what must not verify.</summary>
public sealed class MerkleTests
{
    /// <summary>The reference leaves of Certificate Transparency's own tests.</summary>
    private static readonly byte[][] Leaves = [.. new[] { "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f" }.Select(Convert.FromHexString)];

    [Theory]
    [InlineData(0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData(1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")]
    [InlineData(2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    [InlineData(3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77")]
    [InlineData(4, "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4")]
    [InlineData(6, "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef")]
    [InlineData(7, "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c")]
    [InlineData(8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328")]
    public void Roots_are_the_published_ones(int size, string root)
    {
        Assert.Equal(root, Hex(Tree(Leaves[..size]).Root));
        Assert.Equal(root, Convert.ToHexStringLower(IndependentVerifier.Root(Leaves[..size])));
    }

    [Theory]
    [InlineData(0, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e 6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    [InlineData(5, 8, "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(2, 3, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125")]
    public void Inclusion_proofs_are_the_published_ones(int index, int size, string proof)
    {
        Assert.Equal(proof.Split(' '), Hashes(ProofSpans.OfInclusion(index, size), Leaves).Select(Hex));
    }

    [Theory]
    [InlineData(1, 8, "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7 5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e 6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4")]
    [InlineData(6, 8, "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0 d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7")]
    [InlineData(2, 5, "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b")]
    public void Consistency_proofs_are_the_published_ones(int from, int to, string proof)
    {
        Assert.Equal(proof.Split(' '), Hashes(ProofSpans.OfConsistency(from, to), Leaves).Select(Hex));
    }

    [Fact]
    public void Every_proof_of_small_trees_is_the_one_by_definition_and_verifies()
    {
        var leaves = Many(66);
        for (var size = 1; size <= leaves.Length; size++)
        {
            var root = Tree(leaves[..size]).Root;
            Assert.Equal(IndependentVerifier.Root(leaves[..size]), root.ToArray());
            for (var index = 0; index < size; index++)
            {
                var proof = Hashes(ProofSpans.OfInclusion(index, size), leaves);
                Assert.Equal(IndependentVerifier.Path(index, leaves[..size]), proof.Select(hash => hash.ToArray()));
                Assert.True(Proofs.IsIncluded(TreeHash.OfLeaf(leaves[index]), index, size, proof, root));
            }

            for (var from = 1; from <= size; from++)
            {
                var proof = Hashes(ProofSpans.OfConsistency(from, size), leaves);
                Assert.Equal(IndependentVerifier.Proof(from, leaves[..size]), proof.Select(hash => hash.ToArray()));
                Assert.True(Proofs.IsConsistent(from, Tree(leaves[..from]).Root, size, root, proof));
            }
        }
    }

    [Fact]
    public void A_proof_that_was_touched_anywhere_does_not_verify()
    {
        var leaves = Many(300);
        Gen.Select(Gen.Int[1, 300], Gen.Int[0, 1_000_000], Gen.Int[0, 5], Gen.Int[0, 255]).Sample((size, pick, what, bit) =>
        {
            var index = pick % size;
            var (root, leaf) = (Tree(leaves[..size]).Root, TreeHash.OfLeaf(leaves[index]));
            var proof = Hashes(ProofSpans.OfInclusion(index, size), leaves);
            var at = proof.Length == 0 ? 0 : pick % proof.Length;
            var isSo = what switch
            {
                0 => Proofs.IsIncluded(Flipped(leaf, bit), index, size, proof, root),
                1 => Proofs.IsIncluded(leaf, index, size, proof, Flipped(root, bit)),
                2 => Proofs.IsIncluded(leaf, index, size, [.. proof, leaf], root),
                3 => proof.Length > 0 && Proofs.IsIncluded(leaf, index, size, [.. proof[..at], Flipped(proof[at], bit), .. proof[(at + 1)..]], root),
                4 => proof.Length > 0 && Proofs.IsIncluded(leaf, index, size, [.. proof[..at], .. proof[(at + 1)..]], root),
                _ => Proofs.IsIncluded(leaf, (index + 1 + (bit % size)) % size == index ? size : (index + 1 + (bit % size)) % size, size, proof, root),
            };
            Assert.False(isSo);
            var from = (pick % size) + 1;
            var (then, way) = (Tree(leaves[..from]).Root, Hashes(ProofSpans.OfConsistency(from, size), leaves));
            Assert.False(Proofs.IsConsistent(from, Flipped(then, bit), size, root, way));
            Assert.False(Proofs.IsConsistent(from, then, size, Flipped(root, bit), way));
            Assert.False(Proofs.IsConsistent(from, then, size, root, [.. way, then]));
            if (way.Length > 0) Assert.False(Proofs.IsConsistent(from, then, size, root, [.. way.Select((hash, i) => i == pick % way.Length ? Flipped(hash, bit) : hash)]));
        }, iter: 3_000);
    }

    [Fact]
    public void Nonsense_is_answered_with_no_and_never_thrown_at()
    {
        Gen.Select(Gen.Long, Gen.Long, Gen.Int[0, 80]).Sample((index, size, length) =>
        {
            var hash = TreeHash.OfLeaf([1]);
            Assert.False(Proofs.IsIncluded(hash, index, size, [.. Enumerable.Repeat(hash, length)], TreeHash.Empty));
            Assert.Equal(index == 0 && size >= 0 && length == 0, Proofs.IsConsistent(index, TreeHash.Empty, size, hash, [.. Enumerable.Repeat(hash, length)]));
        }, iter: 5_000);
    }

    [Fact]
    public void A_tree_goes_on_from_its_subtrees()
    {
        var leaves = Many(400);
        Gen.Select(Gen.Int[0, 400], Gen.Int[0, 400]).Sample((one, other) =>
        {
            var (from, to) = (Math.Min(one, other), Math.Max(one, other));
            var tree = new GrowingTree(from, new Span(0, from).Subtrees().Select(subtree => Hashes([new Span(subtree.Index << subtree.Level, (subtree.Index + 1) << subtree.Level)], leaves)[0]));
            foreach (var leaf in leaves[from..to]) tree.Add(TreeHash.OfLeaf(leaf));
            Assert.Equal((to, Tree(leaves[..to]).Root), ((int)tree.Size, tree.Root));
        }, iter: 1_000);
        Assert.Throws<ArgumentException>(() => new GrowingTree(3, [TreeHash.Empty]));
    }

    [Fact]
    public void Subtrees_cover_their_stretch_in_order_whatever_its_size()
    {
        Gen.Long[0, long.MaxValue >> 2].Sample(size =>
        {
            var at = 0L;
            foreach (var (level, index) in new Span(0, size).Subtrees())
            {
                Assert.Equal(at, index << level);
                at += 1L << level;
            }

            Assert.Equal(size, at);
        }, iter: 5_000);
    }

    private static byte[][] Many(int count) => [.. Enumerable.Range(0, count).Select(i => BitConverter.GetBytes(i * 7919))];

    private static GrowingTree Tree(IEnumerable<byte[]> leaves)
    {
        var tree = new GrowingTree();
        foreach (var leaf in leaves) tree.Add(TreeHash.OfLeaf(leaf));
        return tree;
    }

    private static TreeHash[] Hashes(IEnumerable<Span> spans, byte[][] leaves) =>
        [.. spans.Select(span => Tree(leaves[(int)span.From..(int)span.To]).Root)];

    private static TreeHash Flipped(TreeHash hash, int bit)
    {
        var bytes = hash.ToArray();
        bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        return TreeHash.Of(bytes);
    }

    private static string Hex(TreeHash hash) => Convert.ToHexStringLower(hash.Bytes);
}
