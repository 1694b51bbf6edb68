"""Where the network lives: real provinces, cities and districts, each served by one distributor."""

from dataclasses import dataclass


@dataclass(frozen=True)
class District:
    """A district, where its middle lies, and neighbourhoods that shops there are named after."""

    code: str
    name: str
    lat: float
    lon: float
    quarters: tuple[str, ...]


@dataclass(frozen=True)
class Area:
    """The districts of one city that one distributor supplies stores in."""

    city_code: str
    city: str
    chinese: str
    province: str
    distributor: str
    distributor_name: str
    supplier: str
    weight: int
    districts: tuple[District, ...]

    def region(self, district: District | None = None) -> str:
        """The path of the city or of one of its districts."""
        path = f"CN/{self.province}/{self.city}"
        return f"{path}/{district.name}" if district else path


@dataclass(frozen=True)
class Province:
    """A province and the distributor of the first tier that holds it."""

    code: str
    name: str
    distributor: str
    distributor_name: str
    seat: str


PROVINCES = (
    Province("GD", "Guangdong", "D1-GD", "广东粤宠供应链有限公司", "CN/Guangdong/Guangzhou/Baiyun"),
    Province("ZJ", "Zhejiang", "D1-ZJ", "浙江浙里宠物用品有限公司", "CN/Zhejiang/Hangzhou/Yuhang"),
    Province("SC", "Sichuan", "D1-SC", "四川蜀宠商贸有限公司", "CN/Sichuan/Chengdu/Shuangliu"),
    Province("HB", "Hubei", "D1-HB", "湖北楚汪宠物食品有限公司", "CN/Hubei/Wuhan/Hanyang"),
)

AREAS = (
    Area("SZ", "Shenzhen", "深圳", "Guangdong", "D2-SZ", "深圳市鹏宠商贸有限公司", "D1-GD", 9, (
        District("NS", "Nanshan", 22.533, 113.930, ("科技园", "后海", "蛇口")),
        District("FT", "Futian", 22.522, 114.055, ("车公庙", "景田", "梅林")),
        District("BA", "Baoan", 22.555, 113.884, ("西乡", "新安", "沙井")),
        District("LH", "Luohu", 22.548, 114.131, ("东门", "黄贝岭", "翠竹")),
    )),
    # The third tier: a sub-distributor of the Shenzhen one for the east of the city.
    Area("SZ", "Shenzhen", "深圳", "Guangdong", "D3-LG", "深圳市龙岗区东宠贸易商行", "D2-SZ", 4, (
        District("LG", "Longgang", 22.721, 114.247, ("布吉", "横岗", "大运")),
        District("PS", "Pingshan", 22.708, 114.346, ("坑梓", "坪环")),
    )),
    Area("GZ", "Guangzhou", "广州", "Guangdong", "D2-GZ", "广州羊城宠食贸易有限公司", "D1-GD", 8, (
        District("TH", "Tianhe", 23.125, 113.361, ("体育西", "五山", "东圃")),
        District("HZ", "Haizhu", 23.084, 113.317, ("江南西", "客村", "琶洲")),
        District("PY", "Panyu", 22.937, 113.384, ("市桥", "大石", "南村")),
        District("YX", "Yuexiu", 23.129, 113.266, ("东山口", "北京路", "淘金")),
    )),
    Area("FS", "Foshan", "佛山", "Guangdong", "D2-FS", "佛山市禅宠商贸有限公司", "D1-GD", 5, (
        District("CC", "Chancheng", 23.009, 113.122, ("祖庙", "石湾", "季华")),
        District("NH", "Nanhai", 23.029, 113.143, ("桂城", "大沥", "里水")),
        District("SD", "Shunde", 22.805, 113.293, ("大良", "容桂", "北滘")),
    )),
    Area("HZ", "Hangzhou", "杭州", "Zhejiang", "D2-HZ", "杭州西子宠物用品有限公司", "D1-ZJ", 8, (
        District("XH", "Xihu", 30.259, 120.130, ("文三路", "古荡", "转塘")),
        District("BJ", "Binjiang", 30.208, 120.212, ("星光大道", "长河", "浦沿")),
        District("GS", "Gongshu", 30.319, 120.141, ("大关", "运河", "拱宸桥")),
        District("YH", "Yuhang", 30.275, 119.999, ("未来科技城", "良渚", "仓前")),
    )),
    Area("NB", "Ningbo", "宁波", "Zhejiang", "D2-NB", "宁波甬宠贸易有限公司", "D1-ZJ", 6, (
        District("HS", "Haishu", 29.860, 121.551, ("天一", "鼓楼", "望春")),
        District("YZ", "Yinzhou", 29.817, 121.547, ("万达", "东部新城", "钟公庙")),
        District("JB", "Jiangbei", 29.887, 121.555, ("老外滩", "洪塘", "庄桥")),
    )),
    Area("CD", "Chengdu", "成都", "Sichuan", "D2-CD", "成都锦宠商贸有限公司", "D1-SC", 8, (
        District("WH", "Wuhou", 30.642, 104.043, ("桐梓林", "玉林", "红牌楼")),
        District("JJ", "Jinjiang", 30.655, 104.083, ("春熙路", "三圣乡", "东湖")),
        District("QY", "Qingyang", 30.674, 104.062, ("宽窄巷子", "光华", "金沙")),
        District("CH", "Chenghua", 30.660, 104.101, ("建设路", "万年场", "龙潭寺")),
    )),
    Area("MY", "Mianyang", "绵阳", "Sichuan", "D2-MY", "绵阳涪宠贸易商行", "D1-SC", 4, (
        District("FC", "Fucheng", 31.455, 104.757, ("临园口", "高新", "花园")),
        District("YX", "Youxian", 31.474, 104.766, ("五里堆", "小枧")),
    )),
    Area("WH", "Wuhan", "武汉", "Hubei", "D2-WH", "武汉江城宠物用品有限公司", "D1-HB", 7, (
        District("WC", "Wuchang", 30.554, 114.316, ("中南路", "徐东", "积玉桥")),
        District("HS", "Hongshan", 30.500, 114.344, ("光谷", "街道口", "南湖")),
        District("JH", "Jianghan", 30.601, 114.271, ("江汉路", "常青", "菱角湖")),
    )),
    Area("YC", "Yichang", "宜昌", "Hubei", "D2-YC", "宜昌三峡宠食商贸有限公司", "D1-HB", 3, (
        District("XL", "Xiling", 30.711, 111.286, ("夷陵广场", "学院街", "葛洲坝")),
        District("WJ", "Wujiagang", 30.644, 111.361, ("万达", "伍家岗")),
    )),
)  # fmt: skip


def shares(total: int, weights: list[int]) -> list[int]:
    """Split a total by weights, one at least for each; what rounding leaves goes to the heaviest first."""
    spare = total - len(weights)
    parts = [1 + spare * weight // sum(weights) for weight in weights]
    heaviest = sorted(range(len(weights)), key=lambda index: -weights[index])
    for index in heaviest[: total - sum(parts)]:
        parts[index] += 1
    return parts
